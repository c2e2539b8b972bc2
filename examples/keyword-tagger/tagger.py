"""Tags a text with the topics whose words it uses most."""

import json
import re
from pathlib import Path


class Vocabulary:
    """Topics and the words that speak for them, each with a weight."""

    def __init__(self, weights):
        self.weights = weights

    @classmethod
    def read(cls, path):
        return cls(json.loads(Path(path).read_text(encoding="utf-8")))


class Tagger:
    def __init__(self, vocabulary, threshold):
        self.vocabulary = vocabulary
        self.threshold = threshold

    def score(self, text):
        words = re.findall(r"[a-z]+", text.lower())
        return {
            topic: sum(weights.get(word, 0) for word in words)
            for topic, weights in self.vocabulary.weights.items()
        }

    def tag(self, text):
        scores = self.score(text)
        chosen = [topic for topic, score in scores.items() if score >= self.threshold]
        return sorted(chosen, key=lambda topic: -scores[topic])
