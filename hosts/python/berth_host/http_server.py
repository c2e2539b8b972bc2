"""The server's calls over HTTP: `POST /run` with the inputs as JSON, `GET /healthz` for who is there.

The body of every reply is an answer; its status is 200 for a success, 422 for inputs that do not fit, else 500. Who accepts
`application/x-ndjson` gets what a generator yields as it comes, a line of JSON each (see streams.py). `Berth-Token`, a hash,
says who answers: a caller that sends it is answered by this very start of this revision or refused.
"""

import hashlib
import itertools
import json
import os
import socket

from . import calls
from .answers import answer_with, refuse
from .http_reader import BadRequest, HttpReader
from .server import BACKLOG, Server
from .streams import ReplyStream

REASONS = {
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    411: "Length Required",
    421: "Misdirected Request",
    422: "Unprocessable Content",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
STATUSES = {"CALL_INPUT": 422, "NOT_RUNNING": 503}
SMALL = 65_536
LINES = "application/x-ndjson"


class HttpServer(Server):
    def __init__(self, software, identity, timeout, concurrency):
        super().__init__(software, identity, timeout, concurrency)
        self.token = hashlib.sha256(identity["token"].encode()).hexdigest()
        self.numbers = itertools.count(1)

    def read_from(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return HttpReader(connection)

    def serve_request(self, connection, reader):
        try:
            request = reader.next()
        except BadRequest as error:
            self.reply(connection, error.status, refuse("CALL_INPUT", error.message), is_last=True)
            return False
        return request is not None and self.route(connection, request) and request.keeps_alive

    def route(self, connection, request):
        """False when the connection is at its end."""
        place = (request.method, request.path)
        refusal = self.refuse(request)
        if refusal is not None:
            self.reply(connection, *refusal)
        elif place == ("POST", "/run"):
            return self.serve_call(connection, self.describe_call(request), request.body)
        elif place == ("GET", "/healthz"):
            self.reply(connection, 503 if self.is_stopping else 200, json.dumps(self.describe()).encode())
        elif place == ("POST", "/cancel"):
            self.send(connection, answer_with(self.watchdog.cancel(request.headers.get("berth-call"))))
        else:
            message = "there is no %s %s; call POST /run with the inputs as JSON" % place
            self.reply(connection, 404, refuse("CALL_INPUT", message))
        return True

    def refuse(self, request):
        if "origin" in request.headers:  # a page in a browser may post to any port of its machine
            return 403, refuse("CALL_INPUT", "pages of other origins are not answered")
        if request.headers.get("berth-token", self.token) != self.token:
            return 421, refuse("NOT_RUNNING", "another start of the software answers on this port")
        return None

    def describe_call(self, request):
        id = request.headers.get("berth-call") or "http-%d" % next(self.numbers)
        timeout = float(request.headers.get("berth-timeout") or 0)
        return {"id": id, "timeout": timeout, "stream": LINES in request.headers.get("accept", "")}

    def open_stream(self, connection):
        return LineStream(connection, self.token)

    def describe(self):
        abandoned = self.watchdog.count_abandoned()
        return dict(self.identity, token=self.token, pid=os.getpid(), calls=len(calls.running), abandoned=abandoned)

    def send(self, connection, content, is_last=False):
        self.reply(connection, status_of(content), content, is_last)

    def reply(self, connection, status, content, is_last=False):
        head = describe_reply(status, content, self.token, is_last)
        if len(content) < SMALL:
            connection.sendall(head + content)
        else:
            connection.sendall(head)
            connection.sendall(content)


class LineStream(ReplyStream):
    """A stream as lines of JSON in a chunked reply. One without any chunk is a reply like any other."""

    def __init__(self, connection, token):
        super().__init__(connection)
        self.token = token
        self.has_begun = False

    def encode(self, content, is_last):
        if is_last and not self.has_begun:
            return describe_reply(status_of(content), content, self.token, self.is_over) + content
        head = b"" if self.has_begun else self.describe()
        self.has_begun = True
        return b"%s%x\r\n%s\n\r\n%s" % (head, len(content) + 1, content, b"0\r\n\r\n" if is_last else b"")

    def describe(self):
        # Its connection is not used again: where a deadline ends the stream, a thread may be at work on it for longer.
        head = "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\nBerth-Token: %s\r\n%s\r\n"
        return (head % (LINES, self.token, "Connection: close\r\n")).encode("ascii")


def describe_reply(status, content, token, is_last):
    head = "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nBerth-Token: %s\r\n%s\r\n" % (
        status,
        REASONS[status],
        len(content),
        token,
        "Connection: close\r\n" if is_last else "",
    )
    return head.encode("ascii")


def status_of(answer):
    """Of an answer as bytes, which begins with its status."""
    if not answer.startswith((b'{"status":"error"', b'{"status": "error"')):
        return 200
    error = json.loads(answer)["error"]
    return STATUSES.get(error.get("code"), 500)


def listen(port):
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0", port))  # of the container; which address of the machine reaches it, the engine decides
    listener.listen(BACKLOG)
    return listener
