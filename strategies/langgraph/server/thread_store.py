"""Stores the conversations of the LangGraph server in one database for all revisions of a deployment."""

import asyncio
import fcntl
import os
from contextlib import asynccontextmanager

from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver


class ThreadStore(AsyncSqliteSaver):
    removals: set = set()

    async def adelete_thread(self, thread_id):
        # Not awaited: the server removes a thread by its index in a list, which must not change meanwhile.
        removal = asyncio.create_task(super().adelete_thread(thread_id))
        self.removals.add(removal)
        removal.add_done_callback(self.removals.discard)


@asynccontextmanager
async def open_threads():
    path = os.environ["BERTH_THREADS"]
    async with ThreadStore.from_conn_string(path) as store:
        # A write survives the end of the process immediately, and a power failure after some seconds.
        await store.conn.execute("PRAGMA synchronous = NORMAL")
        await store.conn.execute("PRAGMA busy_timeout = 30000")
        with open(f"{path}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # SQLite does not wait if two processes create the database together
            await store.setup()
        yield store
        await asyncio.gather(*store.removals, return_exceptions=True)
