"""Modal's own command line, with what a deployment adds to the app: one JSON object on standard input.

`secret` is made of `values`, if there are any, and given to every function and class; `options` and `concurrency` go to
`target` alone, `schedule` to `called`. Both are the same, unless what is called waits for the other, for as long as that may
take. Each stands above what the app's own code says. `build` are variables that the image is built with: the code finds them
in this process.
"""

import json
import os
import runpy
import sys

import modal


def main():
    setting = json.load(sys.stdin)
    os.environ.update(setting["build"])
    secrets = make_secret(setting["secret"], setting["values"])
    modal.App.function = extend(modal.App.function, setting, secrets)
    modal.App.cls = extend(modal.App.cls, setting, secrets)
    runpy.run_module("modal", run_name="__main__", alter_sys=True)


def make_secret(name, values):
    modal.Secret.objects.delete(name, allow_missing=True)
    if not values:
        return []
    modal.Secret.objects.create(name, values)
    return [modal.Secret.from_name(name)]


def extend(original, setting, secrets):
    """`app.function` or `app.cls` that adds to what it is given."""

    def decorator(self, *positional, **own):
        if positional:  # Modal says itself what is wrong with that.
            return original(self, *positional, **own)

        def decorate(target):
            name = own.get("name") or name_of(target)
            options = dict(own, secrets=[*(own.get("secrets") or ()), *secrets])
            if name == setting["called"] and "timeout" in setting["options"]:
                options["timeout"] = setting["options"]["timeout"]
            if name == setting["called"] and setting["schedule"] is not None:
                options["schedule"] = make_schedule(setting["schedule"])
            elif own.get("schedule") is not None:
                print("berth: %s runs by itself, as the code says: %s" % (name, describe(own["schedule"])))
            if name != setting["target"]:
                return original(self, **options)(target)
            if setting["concurrency"] is not None:
                target = modal.concurrent(max_inputs=setting["concurrency"])(target)
            return original(self, **dict(options, **setting["options"]))(target)

        return decorate

    return decorator


def make_schedule(wanted):
    if "cron" in wanted:
        return modal.Cron(wanted["cron"], timezone=wanted["timezone"])
    return modal.Period(**wanted["period"])


def describe(schedule):
    said = str(schedule.proto_message).replace("\n", " ")
    return " ".join(said.split())


def name_of(target):
    """Also of what Modal's own decorators have wrapped."""
    for place in (target, getattr(target, "raw_f", None), getattr(target, "user_cls", None)):
        if hasattr(place, "__name__"):
            return place.__name__
    return None


main()
