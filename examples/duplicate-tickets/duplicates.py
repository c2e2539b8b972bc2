import json
from pathlib import Path

import modal

from shingles import likeness, shingles

here = Path(__file__).parent
image = modal.Image.debian_slim()
if modal.is_local():
    image = image.add_local_dir(here, "/root", ignore=["**/__pycache__"])

app = modal.App("duplicate-tickets", image=image)


@app.cls(cpu=0.5, memory=256)
class Duplicates:
    """Known tickets, indexed once per container."""

    @modal.enter()
    def read(self) -> None:
        tickets = json.loads((here / "tickets.json").read_text())
        self.index = {number: shingles(text) for number, text in tickets.items()}

    @modal.method()
    def find(self, text: str, at_least: float = 0.3) -> dict:
        """Return the numbers of similar tickets and their likeness, most similar first."""
        pieces = shingles(text)
        found = {number: round(likeness(pieces, other), 3) for number, other in self.index.items()}
        alike = sorted((number for number in found if found[number] >= at_least), key=lambda number: -found[number])
        return {"duplicates": [{"ticket": number, "likeness": found[number]} for number in alike]}
