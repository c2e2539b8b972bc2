"""Starts a process that serves a callable over HTTP in a container.

`BERTH_BOOT` is the boot document as JSON. It contains no secret, and the solution does not see it. The software's variables are
those of the container. A failed start exits with one of the codes below, with its traceback at the end of the log.
"""

import faulthandler
import os
import socket
import sys
import time

from . import import_timeout, setup_timeout
from .boot import exit_process, load, log_failure, log_stop
from .errors import StartError, log
from .http_connection import HttpConnection
from .original_json import loads
from .server import Server
from .sockets import bind

EXIT_CODES = {"IMPORT_FAILED": 70, "START_FAILED": 71, "ENTRY_NOT_FOUND": 71}
"""Exit codes that strategies/docker/container/explain-exit.ts reads."""
CACHE = "/tmp/berth-pycache"


def main(port):
    document = loads(os.environ.pop("BERTH_BOOT"))
    faulthandler.enable()
    for line in document["interface"].get("environment") or []:
        os.environ.setdefault(*line.split("=", 1))
    time.tzset()
    identity = {key: document[key] for key in ("deployment", "revision", "token")}
    import_timeout.start(document.get("importTimeout"), fail)
    setup_timeout.start(document.get("setupTimeout"), document["interface"], fail, lambda record: None)
    try:
        software = load(document, CACHE)
    except StartError as failure:
        fail(failure.error)
    import_timeout.stop()
    server = Server(software, identity, document)
    # All addresses of the container. The engine decides which address of the machine reaches it.
    server.open(bind(socket.AF_INET, ("0.0.0.0", int(port))), HttpConnection)
    log("%s %s serves %s" % (identity["deployment"], identity["revision"], document["interface"]["callable"]))
    log_stop(server.serve())
    exit_process(0)


def fail(error):
    log_failure(error)
    sys.stdout.flush()
    os._exit(EXIT_CODES.get(error["code"], 1))
