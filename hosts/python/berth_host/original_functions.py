"""Functions of the interpreter, bound before the solution is imported.

Libraries such as gevent and freezegun replace `time.sleep`, `socket.socket`, or `time.monotonic` in every module. They do not
replace attributes of classes, so the host keeps the originals.
"""

import _socket
import _thread
import os
import select
import time
from _queue import SimpleQueue


class OriginalFunctions:
    monotonic = time.monotonic
    sleep = time.sleep
    allocate_lock = _thread.allocate_lock
    start_thread = _thread.start_new_thread
    thread_id = _thread.get_ident
    Queue = SimpleQueue
    Socket = _socket.socket
    epoll = getattr(select, "epoll", None)
    kqueue = getattr(select, "kqueue", None)
    poll = select.poll
    open = os.open
    pipe = os.pipe
    dup = os.dup
    dup2 = os.dup2
    read = os.read
    write = os.write
    pwrite = os.pwrite
    unlink = os.unlink
    close = os.close
    set_blocking = os.set_blocking
    exit = os._exit
