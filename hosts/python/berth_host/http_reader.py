"""Requests of one HTTP/1.1 connection, one after another. The standard library's own server takes several times as long."""

LONGEST_HEAD = 65_536
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
    def __init__(self, connection):
        self.connection = connection
        self.buffer = bytearray()

    def next(self):
        """The next request, whole; None when the connection is at its end. BadRequest for what is no HTTP/1 with a length."""
        head = self.read_head()
        if head is None:
            return None
        request = parse_head(head)
        length = body_length(request)
        if length > len(self.buffer) and request.headers.get("expect", "").lower() == "100-continue":
            self.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.body = self.read_body(length)
        return None if request.body is None else request

    def read_head(self):
        while True:
            end = self.buffer.find(b"\r\n\r\n")
            if end >= 0:
                head = bytes(self.buffer[:end])
                del self.buffer[: end + 4]
                return head
            if len(self.buffer) > LONGEST_HEAD:
                raise BadRequest(431, "the request's headers are longer than %d bytes" % LONGEST_HEAD)
            block = self.connection.recv(BLOCK)
            if not block:
                return None
            self.buffer += block

    def read_body(self, length):
        if length <= len(self.buffer):
            body = bytes(self.buffer[:length])
            del self.buffer[:length]
            return body
        body = bytearray(length)
        there = len(self.buffer)
        body[:there] = self.buffer
        self.buffer.clear()
        rest = memoryview(body)[there:]
        while rest:
            count = self.connection.recv_into(rest)
            if count == 0:
                return None
            rest = rest[count:]
        return bytes(body)


def parse_head(head):
    lines = head.decode("latin-1").split("\r\n")
    try:
        method, target, version = lines[0].split(" ")
        pairs = [line.split(":", 1) for line in lines[1:]]
        headers = {name.strip().lower(): value.strip() for name, value in pairs}
    except ValueError:
        raise BadRequest(400, "the request is not HTTP/1.1") from None
    wish = headers.get("connection", "").lower()
    keeps_alive = "close" not in wish if version == "HTTP/1.1" else "keep-alive" in wish
    return HttpRequest(method, target.partition("?")[0], headers, keeps_alive)


def body_length(request):
    if "transfer-encoding" in request.headers:
        raise BadRequest(411, "send the body with a Content-Length")
    text = request.headers.get("content-length", "0")
    if not text.isdigit():
        raise BadRequest(400, "%r is no length of a body" % text)
    return int(text)
