"""Base classes of predictors, and decorators for their methods."""

from typing import Any, Callable, Optional, Union

from .scope import Scope, current_scope
from .types import Path


class BaseRunner:
    """Cog's runner: `setup()` runs once, then `run()` for each call."""

    def setup(self, weights: Optional[Union[Path, str]] = None) -> None:
        """Prepares the model. Does nothing by default."""

    def run(self, **inputs: Any) -> Any:
        raise NotImplementedError("run() is not defined")

    def predict(self, **inputs: Any) -> Any:
        raise NotImplementedError("predict() is not defined")

    def train(self, **inputs: Any) -> Any:
        raise NotImplementedError("train() is not defined")

    @property
    def scope(self) -> Scope:
        return current_scope()

    def record_metric(self, key: str, value: Any, mode: str = "replace") -> None:
        current_scope().record_metric(key, value, mode=mode)


class BasePredictor(BaseRunner):
    """The older name: `predict()` runs for each call."""


def streaming(function: Optional[Callable] = None) -> Callable:
    """Marks a method whose output Cog's server can stream: `@streaming` or `@streaming()`."""
    return streaming if function is None else function


def concurrent(function: Optional[Callable] = None, *, max: int = 1) -> Callable:
    """Declares how many concurrent calls an async method takes: `@concurrent` or `@concurrent(max=4)`."""
    if isinstance(max, bool) or not isinstance(max, int):
        raise TypeError("concurrent max must be an integer")
    if max < 1:
        raise ValueError("concurrent max must be at least 1")

    def mark(method: Callable) -> Callable:
        method.__cog_concurrent_max__ = max  # the attribute of the real package
        return method

    return mark if function is None else mark(function)
