"""Answers: `{"status": "success", "output": …}` or `{"status": "error", "error": {"code", "message", …}}`.

A dict of the user's that is an answer already is passed on, not wrapped again: `status` is "success" and there is an
`output`, or `status` is "error" and there is an `error` (a text becomes its message, a missing code CALL_FAILED). Any
other dict is an output, whatever its `status` says.
"""

from .json_text import dump
from .original_json import dumps


def answer_with(value):
    """The bytes of the answer for what a call returned."""
    if type(value) is dict and "status" in value:
        passed_on = as_answer(value)
        if passed_on is not None:
            return dump(passed_on, "the answer")
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
    """The bytes of the answer for an `error` record."""
    return dumps({"status": "error", "error": error}).encode("ascii")


def refuse(code, message):
    return answer_error({"code": code, "message": message})


def refuse_unbegun(message):
    """Refuses a call that has not begun; its caller may call the next process: src/runners/unstarted-call.ts."""
    return answer_error({"code": "NOT_RUNNING", "message": message, "neverBegan": True})
