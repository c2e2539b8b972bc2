"""Multinomial naive Bayes over words, in a few lines of the standard library."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from math import exp, log
from pathlib import Path

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")

# Log-odds below which a word is not worth naming.
_TELLING = 0.5


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


@dataclass(frozen=True)
class NaiveBayes:
    """Counts of each word under each label. The labels are equally likely beforehand."""

    counts: dict[str, Counter]
    vocabulary: frozenset[str]

    @classmethod
    def train(cls, path: Path) -> NaiveBayes:
        """Learn from a file of ``label<TAB>text`` lines."""
        counts: dict[str, Counter] = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            label, text = line.split("\t")
            counts.setdefault(label, Counter()).update(_words(text))
        return cls(counts, frozenset().union(*counts.values()))

    def weigh(self, text: str) -> dict[str, float]:
        """Return the probability of each label; words that are not in the training data are ignored."""
        known = [word for word in _words(text) if word in self.vocabulary]
        logs = {
            label: sum(self._log_likelihood(word, label) for word in known) for label in self.counts
        }
        highest = max(logs.values())
        weights = {label: exp(value - highest) for label, value in logs.items()}
        total = sum(weights.values())
        return {label: weight / total for label, weight in weights.items()}

    def explain(self, text: str, label: str, limit: int = 3) -> list[str]:
        """The words that speak for the label, the strongest first."""
        if label not in self.counts:
            return []
        strength = {
            word: self._evidence(word, label) for word in _words(text) if word in self.vocabulary
        }
        speaking = [word for word, value in strength.items() if value > _TELLING]
        return sorted(speaking, key=strength.__getitem__, reverse=True)[:limit]

    def _evidence(self, word: str, label: str) -> float:
        others = [other for other in self.counts if other != label]
        rival = max(self._log_likelihood(word, other) for other in others)
        return self._log_likelihood(word, label) - rival

    def _log_likelihood(self, word: str, label: str) -> float:
        """With Laplace smoothing: a word unseen under a label is unlikely, not impossible."""
        counts = self.counts[label]
        return log((counts[word] + 1) / (sum(counts.values()) + len(self.vocabulary)))
