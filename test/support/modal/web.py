"""Answers one HTTP request like a container with a web endpoint of any kind."""

import asyncio
import base64
import http.client
import traceback

from modal._runtime.asgi import magic_fastapi_app, wait_for_web_server
from modal._utils.async_utils import synchronizer

ASGI_APP, FUNCTION, WSGI_APP, WEB_SERVER = 1, 2, 3, 4
applications = {}


def answer_request(function, endpoint, request):
    body = base64.b64decode(request["body"])
    if endpoint["type"] == WEB_SERVER:
        return ask_server(function, endpoint, request, body)
    application = applications.setdefault("only", None) or make_application(function, endpoint)
    applications["only"] = application
    sent = asyncio.run(ask_application(application, request, body))
    start = next((one for one in sent if one["type"] == "http.response.start"), {"status": 500, "headers": []})
    content = b"".join(one.get("body", b"") for one in sent if one["type"] == "http.response.body")
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return reply(start["status"], headers, content or (b"Internal Server Error" if start["status"] == 500 else b""))


def make_application(function, endpoint):
    if endpoint["type"] == FUNCTION:
        return magic_fastapi_app(synchronizer._translate_in(function)._raw_f, endpoint["method"], False)
    application = function.local()
    if endpoint["type"] == WSGI_APP:
        from modal._vendor.a2wsgi_wsgi import WSGIMiddleware

        return WSGIMiddleware(application)
    return application


async def ask_application(application, request, body):
    sent = []
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive():
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    headers = [(name.lower().encode(), value.encode()) for name, value in request["headers"].items()]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request["method"],
        "scheme": "http",
        "path": request["path"],
        "raw_path": request["path"].encode(),
        "query_string": request["query"].encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    try:
        await application(scope, receive, send)
    except Exception:
        traceback.print_exc()
    return sent


def ask_server(function, endpoint, request, body):
    port = endpoint["web_server_port"]
    if "only" not in applications:
        function.local()
        wait_for_web_server("127.0.0.1", port, timeout=10)
        applications["only"] = port
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request(request["method"], request["path"] + "?" + request["query"], body, request["headers"])
    response = connection.getresponse()
    return reply(response.status, dict(response.getheaders()), response.read())


def reply(status, headers, content):
    return {"status": status, "headers": headers, "body": base64.b64encode(content).decode()}
