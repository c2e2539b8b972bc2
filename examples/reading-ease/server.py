"""Rates how easy a text is to read (Flesch), as an HTTP service with only the standard library."""

import json
import os
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

VOWELS = re.compile(r"[aeiouy]+")


def count_syllables(word):
    found = len(VOWELS.findall(word))
    return max(1, found - 1 if word.endswith("e") and not word.endswith("le") else found)


def score(text):
    words = re.findall(r"[a-z]+", text.lower())
    if not words:
        raise ValueError("the text holds no word")
    sentences = max(1, len(re.findall(r"[.!?]+", text)))
    syllables = sum(count_syllables(word) for word in words)
    ease = 206.835 - 1.015 * len(words) / sentences - 84.6 * syllables / len(words)
    return {"ease": round(ease, 1), "words": len(words), "sentences": sentences}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.reply(200 if self.path == "/health" else 404, {})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != "/score":
            return self.reply(404, {"problem": "call POST /score"})
        try:
            self.reply(200, score(json.loads(body)["text"]))
        except (KeyError, TypeError, ValueError) as error:
            self.reply(422, {"problem": "%s: %s" % (type(error).__name__, error)})

    def reply(self, status, value):
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


if __name__ == "__main__":
    ThreadingHTTPServer(("0.0.0.0", int(os.environ.get("PORT", "9000"))), Handler).serve_forever()
