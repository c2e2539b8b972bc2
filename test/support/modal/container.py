"""Stands in for a container: imports the uploaded module and runs one input after another.

Arguments: module, function (`Class.*` for a class). A line of JSON on standard input is one input; a line on descriptor 3
is its result. Payloads are files.
"""

import importlib
import json
import os
import sys
import traceback

import modal
from modal._serialization import deserialize_data_format, serialize_data_format

SUCCESS, FAILURE = 1, 2


def main(module_name, function_name):
    modal.is_local = lambda: False
    sys.path.insert(0, os.getcwd())
    results = os.fdopen(3, "w", buffering=1)
    target = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            target = target or load(module_name, function_name)
            value = call(target, request)
            with open(request["result"], "wb") as file:
                file.write(serialize_data_format(value, request["format"]))
            answer = {"status": SUCCESS, "exception": ""}
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:
            traceback.print_exc()
            answer = {"status": FAILURE, "exception": repr(error)}
        sys.stdout.flush()
        sys.stderr.flush()
        results.write(json.dumps(answer) + "\n")


def load(module_name, function_name):
    module = importlib.import_module(module_name)
    name, is_class, _ = function_name.partition(".")
    found = getattr(module, name)
    return found() if is_class else found


def call(target, request):
    with open(request["payload"], "rb") as file:
        positional, named = deserialize_data_format(file.read(), request["format"], None)
    function = getattr(target, request["method"]) if request.get("method") else target
    result = function.local(*positional, **named)
    if hasattr(result, "__await__"):
        import asyncio

        return asyncio.run(wait(result))
    return result


async def wait(result):
    return await result


main(*sys.argv[1:])
