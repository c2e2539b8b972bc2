/** Cog predictor that counts its calls, has limits, writes a file on request, and fails for one text. */
export const cogFiles = {
  'cog.yaml': 'predict: "captions/predict.py:Predictor"\nenvironment: ["GREETING=hello=you"]\n',
  'captions/predict.py': `import os, tempfile
from cog import BasePredictor, Input, Path

GREETING = os.environ["GREETING"]

class Predictor(BasePredictor):
    def setup(self):
        self.calls = 0

    def predict(self, text: str = Input(), times: int = Input(default=1, le=3), file: bool = False) -> Path:
        self.calls += 1
        if text == "fail":
            raise ValueError("no such text")
        if not file:
            return {"said": [GREETING, *([text] * times)], "calls": self.calls}
        path = Path(tempfile.mkdtemp()) / "said.txt"
        path.write_text(text * times)
        return path
`,
};
