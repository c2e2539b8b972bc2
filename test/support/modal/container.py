"""Simulates a container: imports the uploaded module and runs one input after another.

Arguments: module, function (`Class.*` for a class), and a file with the parameters of the class. A line of JSON on
standard input is one input; a line on descriptor 3 is its result. Payloads are files.
"""

import asyncio
import importlib
import json
import os
import sys
import traceback

import modal
from modal._serialization import deserialize_data_format, deserialize_proto_params, serialize_data_format

SUCCESS, FAILURE = 1, 2


def main(module_name, function_name, parameters):
    modal.is_local = lambda: False
    sys.path.insert(0, os.getcwd())
    results = os.fdopen(3, "w", buffering=1)
    target = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            target = target or load(module_name, function_name, parameters)
            answer = {"status": SUCCESS, "exception": "", "chunks": respond(target, request)}
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:
            traceback.print_exc()
            answer = {"status": FAILURE, "exception": repr(error), "chunks": 0}
        sys.stdout.flush()
        sys.stderr.flush()
        results.write(json.dumps(answer) + "\n")


def load(module_name, function_name, parameters):
    module = importlib.import_module(module_name)
    name, is_class, _ = function_name.partition(".")
    found = find(module, name)
    if not is_class:
        return found
    with open(parameters, "rb") as file:
        return found(**deserialize_proto_params(file.read()))


def find(module, name):
    """Finds a function by Modal's name for it, which may differ from the module's."""
    for app in vars(module).values():
        if isinstance(app, modal.App):
            hydrate(app)
            if name in app._local_state.functions and not hasattr(module, name):
                return app._local_state.functions[name]
    return getattr(module, name)


def respond(target, request):
    """Writes each item of a generator to a file and returns their number; 0 for other results."""
    function = getattr(target, request["method"]) if request.get("method") else target
    if request["web"] is not None:
        from web import answer_request

        with open(request["payload"], "rb") as file, open(request["result"], "wb") as result:
            result.write(json.dumps(answer_request(function, request["web"], json.load(file))).encode())
        return 0
    with open(request["payload"], "rb") as file:
        positional, named = deserialize_data_format(file.read(), request["format"], None)
    value = function.local(*positional, **named)
    if request["generator"]:
        items = asyncio.run(collect(value)) if hasattr(value, "__aiter__") else list(value)
        for index, item in enumerate(items):
            write("%s.%d" % (request["result"], index), item, request["format"])
        from modal_proto import api_pb2

        done = api_pb2.GeneratorDone(items_total=len(items))
        write(request["result"], done, api_pb2.DATA_FORMAT_GENERATOR_DONE)
        return len(items)
    write(request["result"], asyncio.run(wait(value)) if hasattr(value, "__await__") else value, request["format"])
    return 0


def write(path, value, data_format):
    with open(path, "wb") as file:
        file.write(serialize_data_format(value, data_format))


async def wait(value):
    return await value


async def collect(values):
    return [value async for value in values]


def hydrate(app):
    """Lets the code call the app's generators remotely, as in a container of Modal."""
    if not any(function._is_generator for function in app._local_state.functions.values()):
        return
    from modal._utils.async_utils import synchronize_api
    from modal.app import _App
    from modal.client import _Client
    from modal.running_app import running_app_from_layout
    from modal_proto import api_pb2

    async def connect(found: _App):
        client = await _Client.from_env()
        app_id = os.environ["MODAL_APP_ID"]
        response = await client._stub.AppGetLayout(api_pb2.AppGetLayoutRequest(app_id=app_id))
        found._init_container(client, running_app_from_layout(app_id, response.app_layout))

    synchronize_api(connect)(app)


main(*sys.argv[1:])
