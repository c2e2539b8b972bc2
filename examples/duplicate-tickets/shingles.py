"""How alike two texts are: the share of three-letter pieces that they have in common."""


def shingles(text: str, length: int = 3) -> frozenset:
    """Every run of `length` characters of the text, without case, punctuation and double spaces."""
    letters = "".join(character if character.isalnum() else " " for character in text.lower())
    plain = " ".join(letters.split())
    return frozenset(plain[start : start + length] for start in range(max(len(plain) - length + 1, 1)))


def likeness(left: frozenset, right: frozenset) -> float:
    """0 for nothing in common, 1 for the same pieces (Jaccard's index)."""
    return len(left & right) / len(left | right) if left | right else 0.0
