"""Accepts and drops metrics, which Cog's server adds to its responses."""

from typing import Any, Dict


class Metrics:
    """Accepts metrics, by call or as a dict."""

    def record(self, key: str, value: Any, mode: str = "replace") -> None:
        """Accepts a metric."""

    def delete(self, key: str) -> None:
        """Accepts the removal of a metric."""

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
