"""Where the LangGraph server keeps what conversations hold: one database of the deployment, for all of its revisions."""

import asyncio
import fcntl
import os
from contextlib import asynccontextmanager

from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver


class Threads(AsyncSqliteSaver):
    removals: set = set()

    async def adelete_thread(self, thread_id):
        # Not awaited: the server removes a thread by its place in a list, which must not change meanwhile.
        removal = asyncio.create_task(super().adelete_thread(thread_id))
        self.removals.add(removal)
        removal.add_done_callback(self.removals.discard)


@asynccontextmanager
async def open_threads():
    path = os.environ["BERTH_THREADS"]
    async with Threads.from_conn_string(path) as threads:
        # A write survives the death of the process at once, and a power cut within seconds.
        await threads.conn.execute("PRAGMA synchronous = NORMAL")
        await threads.conn.execute("PRAGMA busy_timeout = 30000")
        with open(f"{path}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # SQLite does not wait where two make the same database at once
            await threads.setup()
        yield threads
        await asyncio.gather(*threads.removals, return_exceptions=True)
