"""Spelling by edit distance: of the known words nearest to a wrong one, the most frequent comes first."""

from string import ascii_lowercase


class Speller:
    def __init__(self, frequencies):
        self.frequencies = frequencies

    @classmethod
    def read(cls, path):
        lines = (line.split() for line in path.read_text().splitlines())
        return cls({word: int(count) for word, count in lines})

    def suggest(self, words, most):
        """Return known words within two edits for each unknown word; leave out words without any."""
        found = {word: self.nearest(word)[:most] for word in words if word not in self.frequencies}
        return {word: near for word, near in found.items() if near}

    def nearest(self, word):
        once = edits(word)
        near = self.known(once) or self.known(edit for each in once for edit in edits(each))
        return sorted(near, key=lambda candidate: (-self.frequencies[candidate], candidate))

    def known(self, words):
        return {word for word in words if word in self.frequencies}


def edits(word):
    """Return all words that differ by one omitted, swapped, replaced or added letter."""
    splits = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    left_out = {head + tail[1:] for head, tail in splits if tail}
    swapped = {head + tail[1] + tail[0] + tail[2:] for head, tail in splits if len(tail) > 1}
    replaced = {head + letter + tail[1:] for head, tail in splits if tail for letter in ascii_lowercase}
    added = {head + letter + tail for head, tail in splits for letter in ascii_lowercase}
    return left_out | swapped | replaced | added
