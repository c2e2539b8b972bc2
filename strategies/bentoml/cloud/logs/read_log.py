"""Writes what a deployment's pods in BentoCloud have printed, a line at a time.

Asked by one JSON object on the first line of standard input: `address`, `token`, `name`, `tail` (lines of each pod, or null
for all) and `follow`. Ends when standard input does, which is when whoever asks has ended. The exit code says how it went.
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

REFUSED, AWAY = 3, 4
# Seconds: between two signs of life, which the cloud asks for; between two looks for new pods.
HEARTBEAT = 5
LOOK = 10
# Seconds without a word after which a log that is not followed is taken to be over, where the cloud does not say so.
QUIET = 10


def main():
    asked = json.loads(sys.stdin.readline())
    threading.Thread(target=end_with_standard_input, daemon=True).start()
    try:
        log = Log(RestApiClient(asked["address"], asked["token"]), asked["name"], asked["tail"])
        for line in log.follow() if asked["follow"] else log.read():
            print(line, flush=True)
    except NotFound:
        pass  # It has no pods: nothing was ever printed.
    except Exception as error:
        fail(error)


def end_with_standard_input():
    sys.stdin.read()
    os._exit(0)


def fail(error):
    status = getattr(error, "error_code", None)
    if isinstance(error, WebSocketUpgradeError):
        status = error.response.status_code
    if status in (401, 403):
        code = REFUSED
    elif isinstance(error, (CloudRESTApiClientError, HTTPXWSException, httpx.HTTPError)):
        code = AWAY
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
        """Lines of all pods as they come, also of those that are started later."""
        found, seen = queue.Queue(1000), set()
        while True:
            pods = self.list_pods()
            for pod in pods:
                if pod.name not in seen:
                    seen.add(pod.name)
                    threading.Thread(target=self.pass_on, args=(pod.name, found), daemon=True).start()
            look = time.monotonic() + LOOK
            while (left := look - time.monotonic()) > 0:
                try:
                    name, said = found.get(timeout=left)
                except queue.Empty:
                    break
                if isinstance(said, Exception):
                    raise said
                yield self.label(name, said, len(seen))

    def pass_on(self, name, found):
        try:
            for line in self.read_pod(name, follow=True):
                found.put((name, line))
        except Exception as error:
            found.put((name, error))

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
        """Pieces of the log, cut anywhere."""
        asked = {"id": str(uuid.uuid4()), "container_name": "main", "follow": follow}
        if self.tail is not None:
            asked["tail_lines"] = self.tail
        with connect_ws(self.url_of(name), client=self.client.session) as socket:
            socket.send_json({"type": "data", "payload": asked})
            over = threading.Event()
            threading.Thread(target=show_life, args=(socket, over), daemon=True).start()
            try:
                for said in messages(socket, None if follow else QUIET):
                    if said["type"] == "error":
                        raise CloudRESTApiClientError(said.get("message") or "the log cannot be read")
                    if said["type"] == "success" and said.get("message") == "EOF":
                        return
                    for item in (said.get("payload") or {}).get("items") or []:
                        yield base64.b64decode(item)
            finally:
                over.set()

    def url_of(self, pod):
        base = self.client.session.base_url
        place = f"{'ws' if base.scheme == 'http' else 'wss'}://{base.netloc.decode()}"
        query = urlencode({"namespace": self.deployment.kube_namespace, "pod_name": pod, "timestamps": "false"})
        return f"{place}/ws/v1/clusters/{self.deployment.cluster.name}/tail?{query}"


def messages(socket, patience):
    """Until the server ends it, or says nothing but signs of life for so many seconds."""
    last = time.monotonic()
    while True:
        try:
            said = socket.receive_json(timeout=None if patience is None else 1)
            if said["type"] != "heartbeat":
                last = time.monotonic()
                yield said
        except queue.Empty:
            pass
        except WebSocketDisconnect as end:
            if end.code in (1000, 1001):
                return
            raise
        if patience is not None and time.monotonic() - last > patience:
            return


def show_life(socket, over):
    try:
        while True:
            socket.send_json({"type": "heartbeat"})
            if over.wait(HEARTBEAT):
                return
    except Exception:
        return  # The connection has ended, which its reader learns, too.


if __name__ == "__main__":
    main()
