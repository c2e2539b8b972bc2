"""Reads many files in worker processes, within a time limit.

A file that crashes the parser or takes too long costs only its worker: another worker reads the remaining files.
"""

import collections
import os
import pickle
import select
import signal
import struct
import sys
import threading
import time

from source_file import SourceFile, read_source

MAX_WORKERS = 4
FILES_PER_WORKER = 50
BATCH = 16
SECONDS_PER_FILE = 10
STACK_BYTES = 256 << 20  # bytes of address space; a thread uses only what it needs
MAX_RECURSION = 10_000
HEADER = struct.Struct("<Q")


def read_sources(root, jobs, seconds):
    """Returns a SourceFile for each job `(path, kind)`. Reads files near the root of the repository first."""
    deadline = time.monotonic() + seconds
    pending = collections.deque(sorted(jobs, key=lambda job: (job[1] == "python", job[0].count("/"), job[0])))
    found = {}
    workers = []
    try:
        while pending or any(worker.batch for worker in workers):
            if time.monotonic() > deadline:
                break
            count = min(MAX_WORKERS, os.cpu_count() or 1, 1 + len(jobs) // FILES_PER_WORKER)
            workers = [worker for worker in workers if worker.is_alive]
            while pending and len(workers) < count:
                workers.append(Worker(root, workers))
            for worker in workers:
                if not worker.batch and pending:
                    worker.send([pending.popleft() for _ in range(min(BATCH, len(pending)))])
            for worker in wait_for(workers, deadline):
                receive(worker, found, pending)
    finally:
        for worker in workers:
            worker.end()
    return [found.get(path) or unread(path, "late") for path, _ in jobs]


def wait_for(workers, deadline):
    """Returns the workers that have an answer, have ended, or are late."""
    busy = [worker for worker in workers if worker.batch]
    now = time.monotonic()
    earliest = min([deadline] + [worker.deadline for worker in busy])
    ready, _, _ = select.select([worker.answers for worker in busy], [], [], max(0, earliest - now))
    now = time.monotonic()
    return [worker for worker in busy if worker.answers in ready or worker.deadline <= now]


def receive(worker, found, pending):
    source = (
        worker.receive()
        if worker.has_answer()
        else unread(worker.batch[0][0], "it took longer than %d s" % SECONDS_PER_FILE)
    )
    is_lost = source is None or not worker.is_on_time
    if source is None:
        source = unread(worker.batch[0][0], "Python's parser crashed on it: its expressions are nested too deeply")
    found[source.path] = source
    worker.batch.popleft()
    if is_lost:
        pending.extendleft(reversed(worker.batch))
        worker.end()


def unread(path, problem):
    source = SourceFile(path)
    source.problem = problem
    return source


class Worker:
    """A forked process that answers each job with a pickled SourceFile."""

    def __init__(self, root, others):
        jobs, self.jobs = os.pipe()
        self.answers, answers = os.pipe()
        self.batch = collections.deque()
        self.is_alive = self.is_on_time = True
        self.deadline = 0
        self.process = os.fork()
        if self.process == 0:
            for handle in [end for worker in [self, *others] for end in (worker.jobs, worker.answers)]:
                os.close(handle)  # so that each worker sees the end of its jobs when this program is killed
            serve(root, jobs, answers)
        os.close(jobs)
        os.close(answers)

    def send(self, batch):
        self.batch.extend(batch)
        self.deadline = time.monotonic() + SECONDS_PER_FILE
        try:
            write_frame(self.jobs, batch)
        except BrokenPipeError:
            pass  # `receive` notices it

    def has_answer(self):
        self.is_on_time = bool(select.select([self.answers], [], [], 0)[0])
        return self.is_on_time

    def receive(self):
        """Returns the next SourceFile; None if the process ended."""
        answer = read_frame(self.answers)
        self.deadline = time.monotonic() + SECONDS_PER_FILE
        return answer

    def end(self):
        if self.is_alive:
            self.is_alive = False
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
            os.close(self.jobs)
            os.close(self.answers)
            self.batch = ()


def serve(root, jobs, answers):
    """Runs a worker, on a stack that is large enough for deeply nested expressions."""

    def work():
        while True:
            batch = read_frame(jobs)
            if batch is None:
                return
            for path, kind in batch:
                write_frame(answers, read_source(root, path, kind))

    try:
        sys.setrecursionlimit(MAX_RECURSION)
        threading.stack_size(STACK_BYTES)
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    finally:
        os._exit(0)


def write_frame(handle, value):
    content = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    data = memoryview(HEADER.pack(len(content)) + content)
    while data:
        data = data[os.write(handle, data) :]


def read_frame(handle):
    header = read_exactly(handle, HEADER.size)
    content = header and read_exactly(handle, HEADER.unpack(header)[0])
    return pickle.loads(content) if content else None


def read_exactly(handle, size):
    """Returns `size` bytes; None if the other side ends first."""
    parts = []
    while size:
        part = os.read(handle, min(size, 1 << 20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
