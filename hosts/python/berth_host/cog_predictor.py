"""A Cog predictor, served as Cog would serve it.

Reproduced is Cog 0.22; where older versions accepted more (`"3"` for an int, optional fields left out, `weights/` for
`setup`), so does this, because a repository stays at the version that it was made for. How many calls run at once is for
the host to see to: `concurrency` says what is declared.
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
    """Loads a class or a function; then `setup()` once, and for each call `call()` or `stream()`, or their async twins."""

    def __init__(self, import_module: Callable[[], ModuleType], callable_name: str) -> None:
        cog = _import_cog()
        distinguish_missing_defaults(cog)
        module = import_module()
        target = pick(module, callable_name, module.__name__, module)
        self._instance = find_instance(target, module, _build) if inspect.isclass(target) else target
        self._predict = _predict_method(self._instance, callable_name)
        self._inputs = read_inputs(self._predict)
        self._returns = resolve_annotations(self._predict).get("return")
        #: Whether what it yields is one text.
        self.joins = concatenates(self._returns)
        #: Raised by the host inside a sync call that is to end; Cog's own, so that a predictor can clean up on it.
        self.cancelation_exception = getattr(cog, "CancelationException", KeyboardInterrupt)
        self.is_async = inspect.iscoroutinefunction(self._predict) or inspect.isasyncgenfunction(self._predict)
        #: Calls at once. As under Cog a sync predictor has one, whatever it declares.
        self.concurrency = _concurrency(self._predict) if self.is_async else 1

    def setup(self) -> Optional[Awaitable[None]]:
        """Prepares the model; of an async `setup` the awaitable, for the host's loop, which later runs the calls."""
        setup = getattr(self._instance, "setup", None)
        if setup is None or inspect.isfunction(self._instance):
            return None
        arguments = {"weights": _weights(setup)} if "weights" in inspect.signature(setup).parameters else {}
        return setup(**arguments)

    def call(self, inputs: Dict[str, Any]) -> Any:
        """Answers one call; raises CallInputError for inputs that Cog would refuse.

        Returns an awaitable where a decorator hides that the predictor is async.
        """
        with InputFiles() as files:
            arguments = read_call(self._inputs, inputs, files)
            with _metrics_scope():
                result = self._predict(**arguments)
                if not is_async(result):
                    return gather(result, self._returns)
                return self._finish(result, files.pass_on())

    def stream(self, inputs: Dict[str, Any]) -> Any:
        """As `call`, but what the predictor yields is yielded at once; what it returns as a WholeValue."""
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
        """The same for an async predictor, on the loop of its `setup`; canceling it cancels the predictor."""
        with InputFiles() as files:
            arguments = await _in_thread(lambda: read_call(self._inputs, inputs, files))
            return await self._finish(self._predict(**arguments), files)

    async def stream_async(self, inputs: Dict[str, Any]) -> AsyncIterator[Any]:
        """As `stream`, for an async predictor."""
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
    """The environment's own `cog`, else ours, put last on the path so that it hides nothing."""
    try:
        return importlib.import_module("cog")
    except ModuleNotFoundError as error:
        if error.name != "cog":
            raise
    sys.path.append(SHIMS)
    return importlib.import_module("cog")


def _predict_method(instance: Any, name: str) -> Callable[..., Any]:
    """The method that the user wrote; of both, `predict`, since only older versions of Cog allow both."""
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
    """Calls at once: what cog.yaml says, which Cog hands over in this variable, else the decorator."""
    return int(os.environ.get("COG_MAX_CONCURRENCY") or getattr(method, "__cog_concurrent_max__", 1))


def _weights(setup: Callable[..., Any]) -> Any:
    """`COG_WEIGHTS`, else for a Path or File `weights` beside the code, as the type that `setup` declares."""
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
    """Runs what blocks beside the loop, with the call's context."""
    context = contextvars.copy_context()
    return await asyncio.get_running_loop().run_in_executor(None, lambda: context.run(work))


@contextmanager
def _metrics_scope() -> Iterator[None]:
    """Cog 0.14 to 0.16 refuse `current_scope()` outside a call of their server: this is such a call."""
    module = sys.modules.get("cog.server.scope")
    if module is None or not hasattr(module, "scope"):
        yield
        return
    with module.scope(module.Scope(record_metric=lambda name, value: None)):
        yield
