"""The search index, built once and queried often."""

from __future__ import annotations

import json
from importlib.resources import files

from faq_search.embedding import Embedding, cosine


class FaqSearch:
    """Knows the questions of ``questions.json`` and their answers."""

    def setup(self) -> None:
        """Embed all known questions."""
        text = files("faq_search").joinpath("questions.json").read_text(encoding="utf-8")
        self._entries = json.loads(text)
        self._embedding = Embedding(entry["question"] for entry in self._entries)
        self._vectors = [self._embedding.embed(entry["question"]) for entry in self._entries]

    def predict(self, question: str, top_k: int = 1) -> list[dict]:
        """The ``top_k`` known questions nearest to ``question``, with their answers."""
        query = self._embedding.embed(question)
        scores = [cosine(query, vector) for vector in self._vectors]
        order = sorted(range(len(scores)), key=lambda index: (-scores[index], index))
        return [
            {**self._entries[index], "score": round(scores[index], 3)} for index in order[:top_k]
        ]
