"""Says whether a film review is positive or negative."""

from __future__ import annotations

from pathlib import Path

from naive_bayes import NaiveBayes

_model = NaiveBayes.train(Path(__file__).with_name("reviews.tsv"))


def predict(inputs: dict) -> dict:
    """Label ``inputs["text"]``, with the words that decided it.

    >>> predict({"text": "what a lovely little film"})
    {'label': 'positive', 'confidence': 0.91, 'because': ['lovely', 'little']}
    """
    text = inputs["text"]
    scores = _model.weigh(text)
    confidence = max(scores.values())
    label = max(scores, key=scores.get) if confidence > 0.5 else "neutral"
    return {
        "label": label,
        "confidence": round(confidence, 2),
        "because": _model.explain(text, label),
    }
