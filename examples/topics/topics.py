"""Groups short documents by what they are about: spherical k-means over stemmed words."""

from __future__ import annotations

import re
from collections import Counter
from math import log, sqrt

import snowballstemmer

_ROUNDS = 20
_STOP_WORDS = frozenset(
    "a about after again all an and any are as at be been but by can could do for from had has have "
    "he her his how i if in into is it its more my new no not of on one or our out over she so some "
    "than that the their them then there they this to up was we were what when which who will with "
    "would you your".split()
)
_stemmer = snowballstemmer.stemmer("english")


def group(documents: list[str], groups: int = 2) -> list[dict]:
    """Split ``documents`` into at most ``groups`` groups, each with its typical word stems.

    >>> group(documents=["Cats purr.", "Stocks fell.", "A cat purrs.", "The stock fell again."])
    [{'stems': ['cat', 'purr'], 'documents': [0, 2]}, {'stems': ['fell', 'stock'], 'documents': [1, 3]}]
    """
    if groups < 1:
        raise ValueError(f"groups must be at least 1, not {groups}")
    vectors = _embed([_stems(document) for document in documents])
    centres = _choose_centres(vectors, groups)
    assigned: list[int] = []
    for _ in range(_ROUNDS):
        previous, assigned = assigned, [_nearest(vector, centres) for vector in vectors]
        if assigned == previous:
            break
        centres = [_centre(_members(vectors, assigned, index)) for index in range(len(centres))]
    return [
        {
            "stems": _typical_stems(centre),
            "documents": [place for place, owner in enumerate(assigned) if owner == index],
        }
        for index, centre in enumerate(centres)
        if index in assigned
    ]


def _stems(text: str) -> list[str]:
    words = re.findall(r"[^\W\d_]+", text.lower())
    return _stemmer.stemWords([word for word in words if word not in _STOP_WORDS])


def _embed(documents: list[list[str]]) -> list[dict[str, float]]:
    frequency = Counter(stem for document in documents for stem in set(document))
    rarity = {stem: log(1 + len(documents) / count) for stem, count in frequency.items()}
    return [
        _unit({stem: count * rarity[stem] for stem, count in Counter(document).items()})
        for document in documents
    ]


def _choose_centres(vectors: list[dict], groups: int) -> list[dict]:
    """The first document, then always the one least like those chosen: the same groups every time."""
    centres = vectors[:1]
    while len(centres) < min(groups, len(vectors)):
        centres.append(
            min(vectors, key=lambda vector: max(_cosine(vector, centre) for centre in centres))
        )
    return centres


def _members(vectors: list[dict], assigned: list[int], index: int) -> list[dict]:
    return [vector for vector, owner in zip(vectors, assigned) if owner == index]


def _centre(vectors: list[dict]) -> dict:
    total: Counter = Counter()
    for vector in vectors:
        total.update(vector)
    return _unit(total)


def _nearest(vector: dict, centres: list[dict]) -> int:
    return max(range(len(centres)), key=lambda index: (_cosine(vector, centres[index]), -index))


def _typical_stems(centre: dict, limit: int = 3) -> list[str]:
    return sorted(centre, key=lambda stem: (-round(centre[stem], 9), stem))[:limit]


def _cosine(a: dict, b: dict) -> float:
    return sum(value * b.get(stem, 0.0) for stem, value in a.items())


def _unit(vector: dict) -> dict:
    length = sqrt(sum(value * value for value in vector.values()))
    return {stem: value / length for stem, value in vector.items()}
