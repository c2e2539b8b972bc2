"""Replaces the `cog` package where the real one is not installed.

Has the names of Cog 0.22 and of older versions. It contains declarations only: the host reads them and behaves like Cog's
server. Standard library only; Python 3.8 or later.
"""

from .exceptions import CancelationException, ExperimentalFeatureWarning
from .input import FieldInfo, Input
from .model import BaseModel
from .predictor import BasePredictor, BaseRunner, concurrent, streaming
from .scope import current_scope, emit_metric
from .types import (
    AsyncConcatenateIterator,
    ConcatenateIterator,
    File,
    Opaque,
    Path,
    Secret,
    URLFile,
    URLPath,
)

__version__ = "0.22.0"

__all__ = [
    "__version__",
    "AsyncConcatenateIterator",
    "BaseModel",
    "BasePredictor",
    "BaseRunner",
    "CancelationException",
    "ConcatenateIterator",
    "ExperimentalFeatureWarning",
    "FieldInfo",
    "File",
    "Input",
    "Opaque",
    "Path",
    "Secret",
    "URLFile",
    "URLPath",
    "concurrent",
    "current_scope",
    "emit_metric",
    "streaming",
]
