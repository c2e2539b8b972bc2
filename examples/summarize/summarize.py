"""Selects the most important sentences of a text: TextRank (Mihalcea and Tarau, 2004)."""

from __future__ import annotations

import re
from math import log

_DAMPING = 0.85
_ROUNDS = 50
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[\"'(A-Z0-9])")
_WORD = re.compile(r"\w+")
_STOP_WORDS = frozenset(
    "a an and are as at be but by for from had has have he her his i in is it its not of on or "
    "she that the their them they this to was we were which will with you".split()
)


def summarize(text: str, sentences: int = 2) -> dict:
    """Keep the ``sentences`` most central sentences of ``text``, in their order.

    >>> summarize(text="Bees make honey. Honey feeds bees all winter. Winter is long.", sentences=1)
    {'summary': 'Honey feeds bees all winter.', 'kept': 1, 'of': 3}
    """
    if sentences < 1:
        raise ValueError(f"sentences must be at least 1, not {sentences}")
    parts = [part for part in _SENTENCE_END.split(text.strip()) if part]
    ranks = _rank([_content_words(part) for part in parts])
    best = sorted(range(len(parts)), key=lambda index: (-ranks[index], index))[:sentences]
    summary = " ".join(parts[index] for index in sorted(best))
    return {"summary": summary, "kept": len(best), "of": len(parts)}


def _content_words(sentence: str) -> frozenset[str]:
    return frozenset(_WORD.findall(sentence.lower())) - _STOP_WORDS


def _rank(sentences: list[frozenset[str]]) -> list[float]:
    """PageRank on the graph whose edges are the similarities of sentences."""
    size = len(sentences)
    weights = [[_similarity(a, b) if a is not b else 0.0 for b in sentences] for a in sentences]
    totals = [sum(row) for row in weights]
    ranks = [1.0] * size
    for _ in range(_ROUNDS):
        ranks = [
            (1 - _DAMPING)
            + _DAMPING * sum(weights[j][i] / totals[j] * ranks[j] for j in range(size) if totals[j])
            for i in range(size)
        ]
    return [round(rank, 9) for rank in ranks]


def _similarity(a: frozenset[str], b: frozenset[str]) -> float:
    """Shared words, weighed against the lengths, so that long sentences do not win by length."""
    return len(a & b) / (log(len(a) + 1) + log(len(b) + 1)) if a and b else 0.0
