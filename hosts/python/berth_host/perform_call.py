"""Runs the synchronous code of a call on the current thread."""

from .answers import answer_error, answer_with, refuse
from .descriptors import ThisProcess
from .errors import HostError, describe_exception
from .inputs_json import InputText, exact_decoder, parse_inputs
from .json_text import is_iterator, load
from .original_functions import OriginalFunctions
from .streams import ReaderGone, collect, is_async, send_chunks

PLAIN = (type(None), str, dict, list, int, float, bool)


def perform_call(server, call):
    """Runs the synchronous part of a call and answers it in every case. The event loop continues an awaitable."""
    content = awaitable = None
    has_started = False
    try:
        try:
            has_started = server.calls.start(call, OriginalFunctions.thread_id())
            if has_started:
                content, awaitable = run(server.software, call)
        except ReaderGone:
            pass
        except BaseException as error:
            content = explain(error)
    except BaseException as error:  # interrupted while the error was described
        content = refuse("CALL_FAILED", type(error).__name__)
    server.calls.leave_thread(call)
    if not has_started and content is None:
        return server.skip(call)
    if ThisProcess.is_forked:
        OriginalFunctions.exit(0)  # a forked child that returned from the code
    if awaitable is None:
        return server.finish(call, content)
    server.coroutines.resume(call, awaitable)
    if not server.has_concurrency:  # the next call may use this thread
        server.slots.leave(call)


def run(software, call):
    """Returns `(content, None)`, or `(None, awaitable)` if the result must be awaited."""
    if call.has_result:
        result, call.result = call.result, None
    else:
        value = load_inputs(software, call)
        result = software.call(value) if call.reply is None else software.stream(value)
        if type(result) in PLAIN:
            return answer_with(result), None
    if is_async(result):
        return None, result
    if not is_iterator(result):
        return answer_with(result), None
    if call.reply is not None:
        return send_chunks(result, call.reply, software.joins), None
    return answer_with(collect(result)), None


def load_inputs(software, call):
    content, call.inputs = call.inputs, None
    if software.keeps_digits:
        return parse_inputs(content if type(content) is InputText else InputText(content), exact_decoder)
    if type(content) is not InputText:
        try:
            return load(content)
        except (ValueError, RecursionError):  # for example an integer with too many digits
            content = InputText(content)
    return parse_inputs(content)


def explain(error):
    """Returns the encoded answer to a call that raised an error."""
    if isinstance(error, HostError):
        return refuse(error.code, error.message)
    return answer_error(describe_exception(error, "CALL_FAILED"))
