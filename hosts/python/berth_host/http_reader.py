"""Reads the requests of one HTTP/1.1 connection. The standard library's server takes several times as long."""

from .frames import NO_WAIT, Hangup

MAX_HEAD = 65_536
BLOCK = 65_536


class BadRequest(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status = status
        self.message = message


class HttpRequest:
    __slots__ = ("method", "path", "headers", "body", "keeps_alive")

    def __init__(self, method, path, headers, keeps_alive):
        self.method = method
        self.path = path
        self.headers = headers
        self.keeps_alive = keeps_alive
        self.body = b""


class HttpReader:
    """Reads requests without blocking."""

    def __init__(self, connection):
        self.connection = connection
        self.buffer = bytearray()
        #: The request whose body is incomplete, the body, and its missing part.
        self.request = None
        self.body = None
        self.missing = None
        self.has_more = False

    def next(self):
        """Returns the next complete request; None if more data must arrive. Raises BadRequest for an invalid request."""
        if self.request is None:
            head = self.read_head()
            if head is None:
                return None
            self.begin_body(parse_head(head))
        if not self.fill_body():
            return None
        request, self.request = self.request, None
        request.body, self.body = self.body, None
        return request

    def read_head(self):
        while True:
            end = self.buffer.find(b"\r\n\r\n")
            if end >= 0:
                head = bytes(self.buffer[:end])
                del self.buffer[: end + 4]
                return head
            if len(self.buffer) > MAX_HEAD:
                raise BadRequest(431, "the request's headers are longer than %d bytes" % MAX_HEAD)
            try:
                block = self.connection.recv(BLOCK, NO_WAIT)
            except BlockingIOError:
                self.has_more = False
                return None
            if not block:
                raise Hangup
            self.has_more = len(block) == BLOCK
            self.buffer += block

    def begin_body(self, request):
        length = body_length(request)
        if length > len(self.buffer) and request.headers.get("expect", "").lower() == "100-continue":
            self.connection.send(b"HTTP/1.1 100 Continue\r\n\r\n", NO_WAIT)
        self.request = request
        self.body = bytearray(length)
        received = min(length, len(self.buffer))
        self.body[:received] = self.buffer[:received]
        del self.buffer[:received]
        self.missing = memoryview(self.body)[received:]

    def fill_body(self):
        while self.missing:
            self.has_more = True
            try:
                count = self.connection.recv_into(self.missing, 0, NO_WAIT)
            except BlockingIOError:
                self.has_more = False
                return False
            if count == 0:
                raise Hangup
            self.missing = self.missing[count:]
        self.missing = None
        return True


def parse_head(head):
    lines = head.decode("latin-1").split("\r\n")
    try:
        method, target, version = lines[0].split(" ")
        pairs = [line.split(":", 1) for line in lines[1:]]
        headers = {name.strip().lower(): value.strip() for name, value in pairs}
    except ValueError:
        raise BadRequest(400, "the request is not HTTP/1.1") from None
    connection = headers.get("connection", "").lower()
    keeps_alive = "close" not in connection if version == "HTTP/1.1" else "keep-alive" in connection
    return HttpRequest(method, target.partition("?")[0], headers, keeps_alive)


def body_length(request):
    if "transfer-encoding" in request.headers:
        raise BadRequest(411, "send the body with a Content-Length")
    text = request.headers.get("content-length", "0")
    if not text.isdigit():
        raise BadRequest(400, "%r is not a valid Content-Length" % text)
    return int(text)
