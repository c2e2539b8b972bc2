from pathlib import Path

import bentoml

from speller import Speller


@bentoml.service(threads=4, traffic={"timeout": 30})
class SpellingService:
    def __init__(self) -> None:
        self.speller = Speller.read(Path(__file__).parent / "words.txt")

    @bentoml.api
    def correct(self, text: str, most: int = 3) -> dict:
        """Return the text with misspelled words replaced, and at most `most` suggestions for each."""
        if most < 1:
            raise bentoml.exceptions.InvalidArgument(f"most is {most}, and must be at least 1")
        suggestions = self.speller.suggest(text.lower().split(), most)
        words = [suggestions[word][0] if word in suggestions else word for word in text.lower().split()]
        return {"text": " ".join(words), "suggestions": suggestions}
