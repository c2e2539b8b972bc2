"""Runs calls as concurrent coroutines on the main thread's loop."""

import contextvars
import inspect

from .answers import answer_with
from .event_loop import main_loop
from .json_text import is_iterator
from .original_functions import OriginalFunctions
from .perform_call import explain, load_inputs
from .streams import ReaderGone, join, send_chunks_async

NO_RESULT = object()


class Coroutines:
    def __init__(self, server):
        self.server = server
        #: The context that the setup left; each call starts from it.
        self.context = contextvars.copy_context()
        self.loop = main_loop()
        self.thread = OriginalFunctions.thread_id()

    def begin(self, call):
        """Starts a call of an async function."""
        self.spawn(call, NO_RESULT, self.context)

    def resume(self, call, result):
        """Continues a call whose synchronous code returned something to await."""
        self.spawn(call, result, contextvars.copy_context())

    def spawn(self, call, result, context):
        self.server.main.use_loop()
        if OriginalFunctions.thread_id() == self.thread:
            self.create(call, result, context)
        else:
            self.loop.call_soon_threadsafe(self.create, call, result, context)

    def create(self, call, result, context):
        call.task = context.run(self.loop.create_task, self.serve(call, result))
        if call not in self.server.calls.unanswered:  # ended before there was a task to cancel
            call.task.cancel()

    def cancel(self, call):
        """Cancels a call from another thread."""
        if call.task is not None:
            self.loop.call_soon_threadsafe(self.cancel_task, call)

    def cancel_task(self, call):
        if call.task is not None and not call.is_cleaning_up:
            call.task.cancel()

    def call_soon(self, function):
        """Schedules a function on the loop from another thread."""
        self.loop.call_soon_threadsafe(function)

    async def serve(self, call, result):
        server = self.server
        content = None
        if result is NO_RESULT and not server.calls.start(call):
            return server.skip(call)
        try:
            if result is NO_RESULT:
                value = load_inputs(server.software, call)
                result = server.software.call(value) if call.reply is None else server.software.stream(value)
            while inspect.isawaitable(result):
                result = await result
            if is_iterator(result):
                return self.return_to_thread(call, result)
            content = await self.finish(call, result)
        except ReaderGone:
            pass
        except BaseException as error:
            content = explain(error)
        server.finish(call, content)

    async def finish(self, call, result):
        if not hasattr(result, "__anext__"):
            return answer_with(result)
        if call.reply is not None:
            return await send_chunks_async(result, call.reply, self.server.software.joins)
        return answer_with(join([item async for item in result]))

    def return_to_thread(self, call, result):
        """Returns the call to its thread, because synchronous code produces its items."""
        call.result, call.has_result = result, True
        call.task = None
        self.server.executor.begin(call)
