"""Serves a Cog predictor as Cog does.

Follows Cog 0.22. It also accepts what only older versions accepted (`"3"` for an int, omitted optional fields, `weights/` for
`setup`), because a repository stays at the version that it was written for. `concurrency` is what the predictor declares; the
host enforces it.
"""

import asyncio
import atexit
import contextvars
import importlib
import inspect
import os
import sys
import typing
from contextlib import contextmanager
from types import ModuleType
from typing import Any, AsyncIterator, Awaitable, Callable, Dict, Iterator, Optional

from .annotations import resolve_annotations
from .cog_declaration import distinguish_missing_defaults, read_inputs
from .cog_files import InputFiles, is_file, is_path
from .cog_inputs import read_call
from .cog_outputs import concatenates, each, each_async, gather, gather_async
from .entry_callable import find_instance, pick
from .errors import HostError
from .setup_timeout import limit_setup
from .streams import is_async

SHIMS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "shims")


class CogPredictor:
    """Loads a class or a function. Call `setup()` once, then `call()`, `stream()`, or their async variants for each call."""

    def __init__(self, import_module: Callable[[], ModuleType], callable_name: str) -> None:
        cog = _import_cog()
        distinguish_missing_defaults(cog)
        module = import_module()
        target = pick(module, callable_name, module.__name__, module)
        self._instance = find_instance(target, module, _build) if inspect.isclass(target) else target
        self._predict = _predict_method(self._instance, callable_name)
        self._inputs = read_inputs(self._predict)
        self._returns = resolve_annotations(self._predict).get("return")
        #: Whether the items that it yields form one text.
        self.joins = concatenates(self._returns)
        #: Raised by the host inside a sync call to end it. Cog's own class, so that a predictor can clean up on it.
        self.cancelation_exception = getattr(cog, "CancelationException", KeyboardInterrupt)
        self.is_async = inspect.iscoroutinefunction(self._predict) or inspect.isasyncgenfunction(self._predict)
        #: Concurrent calls. As under Cog, a sync predictor has one, regardless of its declaration.
        self.concurrency = _concurrency(self._predict) if self.is_async else 1

    def setup(self) -> Optional[Awaitable[None]]:
        """Prepares the model. Returns the awaitable of an async `setup` for the loop that will run the calls."""
        setup = getattr(self._instance, "setup", None)
        if setup is None or inspect.isfunction(self._instance):
            return None
        arguments = {"weights": _weights(setup)} if "weights" in inspect.signature(setup).parameters else {}
        return setup(**arguments)

    def call(self, inputs: Dict[str, Any]) -> Any:
        """Answers one call. Raises CallInputError for inputs that Cog refuses.

        Returns an awaitable if a decorator hides that the predictor is async.
        """
        with InputFiles() as files:
            arguments = read_call(self._inputs, inputs, files)
            with _metrics_scope():
                result = self._predict(**arguments)
                if not is_async(result):
                    return gather(result, self._returns)
                return self._finish(result, files.transfer())

    def stream(self, inputs: Dict[str, Any]) -> Any:
        """Answers like `call`, but yields each item immediately, and a returned value as a WholeValue."""
        files = InputFiles()
        try:
            arguments = read_call(self._inputs, inputs, files)
            with _metrics_scope():
                result = self._predict(**arguments)
        except BaseException:
            files.remove()
            raise
        return self._each_async(result, files) if is_async(result) else self._each(result, files)

    async def call_async(self, inputs: Dict[str, Any]) -> Any:
        """Answers one call of an async predictor, on the loop of its `setup`. Canceling it cancels the predictor."""
        with InputFiles() as files:
            arguments = await _in_thread(lambda: read_call(self._inputs, inputs, files))
            return await self._finish(self._predict(**arguments), files)

    async def stream_async(self, inputs: Dict[str, Any]) -> AsyncIterator[Any]:
        """Streams like `stream`, for an async predictor."""
        with InputFiles() as files:
            arguments = await _in_thread(lambda: read_call(self._inputs, inputs, files))
            async for item in self._each_async(self._predict(**arguments), files):
                yield item

    async def _finish(self, result: Any, files: InputFiles) -> Any:
        with files, _metrics_scope():
            return await gather_async(result, self._returns)

    def _each(self, result: Any, files: InputFiles) -> Iterator[Any]:
        with files, _metrics_scope():
            yield from each(result)

    async def _each_async(self, result: Any, files: InputFiles) -> AsyncIterator[Any]:
        with files, _metrics_scope():
            async for item in each_async(result):
                yield item


def _build(kind: Callable[[], Any]) -> Any:
    with limit_setup():
        return kind()


def _import_cog() -> Any:
    """Imports the environment's `cog`, else Berth's shim, whose directory is last on the path so that it hides nothing."""
    try:
        return importlib.import_module("cog")
    except ModuleNotFoundError as error:
        if error.name != "cog":
            raise
    sys.path.append(SHIMS)
    return importlib.import_module("cog")


def _predict_method(instance: Any, name: str) -> Callable[..., Any]:
    """Returns the method that the user wrote. Prefers `predict` to `run`, because only older versions of Cog allow both."""
    if inspect.isfunction(instance):
        return instance
    for method in ("predict", "run"):
        owner = next((cls for cls in type(instance).__mro__ if method in vars(cls)), None)
        if owner is not None and owner.__module__.split(".")[0] != "cog":
            return getattr(instance, method)
    if not callable(instance):
        raise HostError("START_FAILED", f"{name} has neither run() nor predict()")
    return instance


def _concurrency(method: Callable[..., Any]) -> int:
    """Returns the concurrency from cog.yaml, which Cog passes in this variable, else from the decorator."""
    return int(os.environ.get("COG_MAX_CONCURRENCY") or getattr(method, "__cog_concurrent_max__", 1))


def _weights(setup: Callable[..., Any]) -> Any:
    """Returns `COG_WEIGHTS`, or the `weights` file next to the code for a Path or File, as the type that `setup` declares."""
    files = InputFiles()
    atexit.register(files.remove)
    annotation = resolve_annotations(setup).get("weights")
    kinds = typing.get_args(annotation) or (annotation,)
    wants_file, wants_path = any(map(is_file, kinds)), any(map(is_path, kinds))
    source = os.environ.get("COG_WEIGHTS")
    if not source:
        if not os.path.exists("weights") or not (wants_file or wants_path):
            return None
        return open("weights", "rb") if wants_file else files.path("weights")
    if wants_file:
        return files.open(source)
    return files.path(source) if wants_path and str not in kinds else source


async def _in_thread(work: Callable[[], Any]) -> Any:
    """Runs a blocking function in a thread, with the call's context."""
    context = contextvars.copy_context()
    return await asyncio.get_running_loop().run_in_executor(None, lambda: context.run(work))


@contextmanager
def _metrics_scope() -> Iterator[None]:
    """Makes `current_scope()` work in Cog 0.14 to 0.16, which refuse it outside of a call of their server."""
    module = sys.modules.get("cog.server.scope")
    if module is None or not hasattr(module, "scope"):
        yield
        return
    with module.scope(module.Scope(record_metric=lambda name, value: None)):
        yield
