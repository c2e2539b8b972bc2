"""Writes answers: `{"status": "success", "output": …}` or `{"status": "error", "error": {"code", "message", …}}`.

A dict from the user that already is an answer is passed on, not wrapped: its `status` is "success" and it has an `output`, or
its `status` is "error" and it has an `error` (a text becomes the message, a missing code becomes CALL_FAILED). Any other
dict is an output, whatever its `status`.
"""

from .json_text import dump
from .original_json import dumps


def answer_with(value):
    """Returns the encoded answer for the result of a call."""
    if type(value) is dict and "status" in value:
        answer = as_answer(value)
        if answer is not None:
            return dump(answer, "the answer")
    return b'{"status":"success","output":' + dump(value) + b"}"


def as_answer(value):
    if value["status"] == "success" and "output" in value:
        return value
    if value["status"] == "error" and "error" in value:
        return dict(value, error=as_error(value["error"]))
    return None


def as_error(error):
    if isinstance(error, dict):
        return dict({"code": "CALL_FAILED", "message": "the software answered with an error"}, **error)
    return {"code": "CALL_FAILED", "message": str(error)}


def answer_error(error):
    """Returns the encoded answer for an `error` record."""
    return dumps({"status": "error", "error": error}).encode("ascii")


def refuse(code, message):
    return answer_error({"code": code, "message": message})


def refuse_unbegun(message):
    """Refuses a call that has not begun, so that its caller may try another process: src/runners/unstarted-call.ts."""
    return answer_error({"code": "NOT_RUNNING", "message": message, "neverBegan": True})
