"""Similarity of two texts: the share of three-letter pieces that they have in common."""


def shingles(text: str, length: int = 3) -> frozenset:
    """Return every sequence of `length` characters, without case, punctuation and double spaces."""
    letters = "".join(character if character.isalnum() else " " for character in text.lower())
    plain = " ".join(letters.split())
    return frozenset(plain[start : start + length] for start in range(max(len(plain) - length + 1, 1)))


def likeness(left: frozenset, right: frozenset) -> float:
    """Return 0 for no common piece, 1 for the same pieces (Jaccard index)."""
    return len(left & right) / len(left | right) if left | right else 0.0
