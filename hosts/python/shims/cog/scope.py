"""Metrics, which Cog's server adds to its responses: accepted, and dropped."""

from typing import Any, Dict


class Metrics:
    """Takes what a predictor records, by call or like a dict."""

    def record(self, key: str, value: Any, mode: str = "replace") -> None:
        """Accepts a metric."""

    def delete(self, key: str) -> None:
        """Accepts that a metric is withdrawn."""

    __setitem__ = record
    __delitem__ = delete


class Scope:
    def __init__(self) -> None:
        self.metrics = Metrics()
        self.context: Dict[str, str] = {}

    def record_metric(self, key: str, value: Any, mode: str = "replace") -> None:
        self.metrics.record(key, value, mode)


_scope = Scope()


def current_scope() -> Scope:
    return _scope


def emit_metric(name: str, value: Any) -> None:
    _scope.record_metric(name, value)
