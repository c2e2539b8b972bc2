"""Runs synchronous code of the solution for a call, on the thread that calls `perform_call`."""

from .answers import answer_error, answer_with, refuse
from .descriptors import ThisProcess
from .errors import HostError, describe_exception
from .inputs_json import InputText, exact_decoder, parse_inputs
from .json_text import is_iterator, load
from .original_functions import OriginalFunctions
from .streams import ReaderGone, collect, is_async, send_chunks

PLAIN = (type(None), str, dict, list, int, float, bool)


def perform_call(server, call):
    """Runs what a call needs a thread for, and answers it, whatever the code does. What is to be awaited goes on elsewhere."""
    content = rest = None
    is_mine = False
    try:
        try:
            is_mine = server.calls.start(call, OriginalFunctions.thread_id())
            if is_mine:
                content, rest = run(server.software, call)
        except ReaderGone:
            pass
        except BaseException as error:
            content = explain(error)
    except BaseException as error:  # raised from outside while that was put into words
        content = refuse("CALL_FAILED", type(error).__name__)
    server.calls.leave_thread(call)
    if not is_mine and content is None:
        return server.skip(call)
    if ThisProcess.is_forked:
        OriginalFunctions.exit(0)  # a child that the code has forked, and that has returned from the code
    if rest is None:
        return server.finish(call, content)
    server.coroutines.resume(call, rest)
    if not server.has_concurrency:  # the next may run on this thread
        server.slots.leave(call)


def run(software, call):
    """`(content, None)`, or `(None, rest)` where something is to be awaited."""
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
        except (ValueError, RecursionError):  # an integer of too many digits, for one
            content = InputText(content)
    return parse_inputs(content)


def explain(error):
    """The bytes of the answer to a call that ended so."""
    if isinstance(error, HostError):
        return refuse(error.code, error.message)
    return answer_error(describe_exception(error, "CALL_FAILED"))
