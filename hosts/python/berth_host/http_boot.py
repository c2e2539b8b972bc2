"""From a container's environment to a callable served over HTTP.

`BERTH_BOOT` is the boot document as JSON; it holds no secret, and the solution does not see it. The software's own
variables are the container's. A start that fails ends with one of the codes below, its traceback last in the log.
"""

import faulthandler
import os
import socket
import sys
import time

from . import import_timeout, setup_timeout
from .boot import exit_process, load, log_end, log_failure
from .errors import StartError, log
from .http_connection import HttpConnection
from .original_json import loads
from .server import Server
from .sockets import bind

EXIT_CODES = {"IMPORT_FAILED": 70, "START_FAILED": 71, "ENTRY_NOT_FOUND": 71}
"""As strategies/docker/container/explain-exit.ts reads them."""
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
    # Of the container: which address of the machine reaches it, the engine decides.
    server.open(bind(socket.AF_INET, ("0.0.0.0", int(port))), HttpConnection)
    log("%s %s serves %s" % (identity["deployment"], identity["revision"], document["interface"]["callable"]))
    log_end(server.serve())
    exit_process(0)


def fail(error):
    log_failure(error)
    sys.stdout.flush()
    os._exit(EXIT_CODES.get(error["code"], 1))
