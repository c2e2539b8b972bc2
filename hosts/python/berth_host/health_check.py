"""Checks the health of a container: `python berth_host --check PORT`. Exit code 0 means that calls can be answered."""

import http.client
import sys


def main(port):
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=2)
    try:
        connection.request("GET", "/healthz")
        sys.exit(0 if connection.getresponse().status == 200 else 1)
    except OSError as error:
        sys.exit("not ready: %s" % error)
