"""Locates code that has not returned: the stack of a thread, or of the coroutine that its event loop waits for."""

import sys
import traceback

from . import errors


def read_stack(thread):
    """Returns the stack of a thread, outermost entry first. If it runs no code of the solution, that of a waiting coroutine."""
    frame = sys._current_frames().get(thread)
    stack = list(traceback.extract_stack(frame)) if frame is not None else []
    return stack if any(map(is_own, stack)) else find_awaited() or stack


def find_awaited():
    """Returns the stack of the first task on the main thread's loop that waits in the solution's code."""
    import asyncio  # only needed for a timeout

    from .event_loop import Loops

    tasks = asyncio.all_tasks(Loops.main) if Loops.main is not None else ()
    return next((stack for stack in map(stack_of_task, tasks) if any(map(is_own, stack))), [])


def stack_of_task(task):
    frames, waiting = [], task.get_coro()
    while waiting is not None:
        frame = getattr(waiting, "cr_frame", None) or getattr(waiting, "gi_frame", None)
        if frame is not None:
            frames.append((frame, frame.f_lineno))
        waiting = getattr(waiting, "cr_await", None) or getattr(waiting, "gi_yieldfrom", None)
    return list(traceback.StackSummary.extract(frames))


def is_own(entry):
    return entry.filename.startswith(errors.code_directory)


def find_own_entry(stack):
    """Returns the innermost entry in the solution's code, or None."""
    return next(filter(is_own, reversed(stack)), None)


def describe_line(entry):
    return "%s:%d" % (errors.relative(entry.filename), entry.lineno)


def describe_position(stack):
    """Returns the end of a sentence: ` and is at app.py:3: while True:`. Empty if the position is unknown."""
    entry = find_own_entry(stack)
    if entry is None:
        return ""
    return " and is at %s%s" % (describe_line(entry), ": %s" % entry.line if entry.line else "")


def format_stack(stack):
    """Formats the stack from the solution's first frame on."""
    first = next((index for index, entry in enumerate(stack) if is_own(entry)), len(stack))
    text = "".join(traceback.format_list(stack[first:]))
    return errors.shorten(errors.without_directory(text), errors.MAX_TRACEBACK)
