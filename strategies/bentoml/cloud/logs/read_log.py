"""Prints the log of a deployment's pods in BentoCloud, line by line.

The request is one JSON object on the first line of standard input: `address`, `token`, `name`, `tail` (lines per pod, or null
for all), and `follow`. Exits when standard input ends, that is, when its starter has ended. Exit code: 0, REFUSED if BentoCloud
refuses the token, UNREACHABLE if it cannot be reached.
"""

import base64
import codecs
import json
import os
import queue
import sys
import threading
import time
import uuid
from urllib.parse import urlencode

import httpx
from bentoml._internal.cloud.client import RestApiClient
from bentoml.exceptions import CloudRESTApiClientError, NotFound
from httpx_ws import HTTPXWSException, WebSocketDisconnect, WebSocketUpgradeError, connect_ws

REFUSED, UNREACHABLE = 3, 4
#: Seconds between two heartbeats, which BentoCloud requires.
HEARTBEAT_SECONDS = 5
#: Seconds between two searches for new pods.
POD_INTERVAL = 10
#: Seconds without a message after which a log that is not followed is complete, if BentoCloud does not say so.
QUIET_SECONDS = 10


def main():
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=exit_with_standard_input, daemon=True).start()
    try:
        log = Log(RestApiClient(request["address"], request["token"]), request["name"], request["tail"])
        for line in log.follow() if request["follow"] else log.read():
            print(line, flush=True)
    except NotFound:
        pass  # It has no pods, so nothing was printed.
    except Exception as error:
        fail(error)


def exit_with_standard_input():
    sys.stdin.read()
    os._exit(0)


def fail(error):
    status = getattr(error, "error_code", None)
    if isinstance(error, WebSocketUpgradeError):
        status = error.response.status_code
    if status in (401, 403):
        code = REFUSED
    elif isinstance(error, (CloudRESTApiClientError, HTTPXWSException, httpx.HTTPError)):
        code = UNREACHABLE
    else:
        raise error
    print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
    os._exit(code)


class Log:
    def __init__(self, client, name, tail):
        self.client = client
        self.name = name
        self.tail = tail
        self.deployment = client.v2.get_deployment(name)

    def read(self):
        pods = self.list_pods()
        for pod in pods:
            for line in self.read_pod(pod.name, follow=False):
                yield self.label(pod.name, line, len(pods))

    def follow(self):
        """Yields the lines of all pods as they arrive, including pods that start later."""
        lines, seen = queue.Queue(1000), set()
        while True:
            pods = self.list_pods()
            for pod in pods:
                if pod.name not in seen:
                    seen.add(pod.name)
                    threading.Thread(target=self.forward_lines, args=(pod.name, lines), daemon=True).start()
            deadline = time.monotonic() + POD_INTERVAL
            while (timeout := deadline - time.monotonic()) > 0:
                try:
                    name, line = lines.get(timeout=timeout)
                except queue.Empty:
                    break
                if isinstance(line, Exception):
                    raise line
                yield self.label(name, line, len(seen))

    def forward_lines(self, name, lines):
        try:
            for line in self.read_pod(name, follow=True):
                lines.put((name, line))
        except Exception as error:
            lines.put((name, error))

    def list_pods(self):
        pods = self.client.v2.list_deployment_pods(self.name)
        serving = [pod for pod in pods if pod.labels.get("yatai.ai/is-bento-image-builder") != "true"]
        return sorted(serving, key=lambda pod: pod.name)

    def label(self, name, line, count):
        return line if count == 1 else f"[{name}] {line}"

    def read_pod(self, name, follow):
        decoder, rest = codecs.getincrementaldecoder("utf-8")("replace"), ""
        for chunk in self.read_chunks(name, follow):
            *lines, rest = (rest + decoder.decode(chunk)).split("\n")
            yield from lines
        if rest:
            yield rest

    def read_chunks(self, name, follow):
        """Yields pieces of the log, which may split lines and characters."""
        payload = {"id": str(uuid.uuid4()), "container_name": "main", "follow": follow}
        if self.tail is not None:
            payload["tail_lines"] = self.tail
        with connect_ws(self.url_of(name), client=self.client.session) as socket:
            socket.send_json({"type": "data", "payload": payload})
            finished = threading.Event()
            threading.Thread(target=send_heartbeats, args=(socket, finished), daemon=True).start()
            try:
                for message in receive_messages(socket, None if follow else QUIET_SECONDS):
                    if message["type"] == "error":
                        raise CloudRESTApiClientError(message.get("message") or "the log cannot be read")
                    if message["type"] == "success" and message.get("message") == "EOF":
                        return
                    for item in (message.get("payload") or {}).get("items") or []:
                        yield base64.b64decode(item)
            finally:
                finished.set()

    def url_of(self, pod):
        base = self.client.session.base_url
        host = f"{'ws' if base.scheme == 'http' else 'wss'}://{base.netloc.decode()}"
        query = urlencode({"namespace": self.deployment.kube_namespace, "pod_name": pod, "timestamps": "false"})
        return f"{host}/ws/v1/clusters/{self.deployment.cluster.name}/tail?{query}"


def receive_messages(socket, timeout):
    """Yields messages until the server ends the connection, or sends only heartbeats for `timeout` seconds."""
    last = time.monotonic()
    while True:
        try:
            message = socket.receive_json(timeout=None if timeout is None else 1)
            if message["type"] != "heartbeat":
                last = time.monotonic()
                yield message
        except queue.Empty:
            pass
        except WebSocketDisconnect as end:
            if end.code in (1000, 1001):
                return
            raise
        if timeout is not None and time.monotonic() - last > timeout:
            return


def send_heartbeats(socket, finished):
    try:
        while True:
            socket.send_json({"type": "heartbeat"})
            if finished.wait(HEARTBEAT_SECONDS):
                return
    except Exception:
        return  # The connection has ended. Its reader notices that, too.


if __name__ == "__main__":
    main()
