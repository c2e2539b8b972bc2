"""Texts as unit vectors of letter sequences, which tolerate misspellings and inflection."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from math import log, sqrt

Vector = dict[str, float]

_SEQUENCE_LENGTHS = (3, 4, 5)


def _sequences(text: str) -> Counter:
    words = re.findall(r"\w+", text.lower())
    return Counter(
        padded[start : start + length]
        for padded in (f" {word} " for word in words)
        for length in _SEQUENCE_LENGTHS
        for start in range(len(padded) - length + 1)
    )


class Embedding:
    """TF-IDF over letter sequences; sequences that all texts share have almost no weight."""

    def __init__(self, texts: Iterable[str]) -> None:
        documents = [_sequences(text) for text in texts]
        frequency = Counter(sequence for document in documents for sequence in document)
        self._weights = {
            sequence: log((1 + len(documents)) / (1 + count)) + 0.1
            for sequence, count in frequency.items()
        }

    def embed(self, text: str) -> Vector:
        vector = {
            sequence: sqrt(count) * self._weights[sequence]
            for sequence, count in _sequences(text).items()
            if sequence in self._weights
        }
        length = sqrt(sum(value * value for value in vector.values()))
        return {sequence: value / length for sequence, value in vector.items()}


def cosine(a: Vector, b: Vector) -> float:
    """Similarity of two unit vectors, from 0 to 1."""
    return sum(value * b.get(sequence, 0.0) for sequence, value in a.items())
