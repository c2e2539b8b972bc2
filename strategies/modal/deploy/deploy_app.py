"""Runs Modal's command line with the settings of a deployment: one JSON object on standard input.

The settings override the app's code. A secret named `secret` with `values`, if any, is given to every function and class.
`options` and `concurrency` apply only to `target`, `schedule` only to `called`. The two are the same unless `called` waits for
`target`; then `called` gets the same timeout. `build` are variables of the image build, which the code reads from this
process.
"""

import json
import os
import runpy
import sys

import modal


def main():
    settings = json.load(sys.stdin)
    os.environ.update(settings["build"])
    secrets = create_secrets(settings["secret"], settings["values"])
    modal.App.function = extend(modal.App.function, settings, secrets)
    modal.App.cls = extend(modal.App.cls, settings, secrets)
    runpy.run_module("modal", run_name="__main__", alter_sys=True)


def create_secrets(name, values):
    modal.Secret.objects.delete(name, allow_missing=True)
    if not values:
        return []
    modal.Secret.objects.create(name, values)
    return [modal.Secret.from_name(name)]


def extend(original, settings, secrets):
    """Returns `app.function` or `app.cls` with the settings added to its options."""

    def decorator(self, *positional, **declared):
        if positional:  # Modal reports the error itself.
            return original(self, *positional, **declared)

        def decorate(target):
            name = declared.get("name") or find_name(target)
            options = dict(declared, secrets=[*(declared.get("secrets") or ()), *secrets])
            if name == settings["called"] and "timeout" in settings["options"]:
                options["timeout"] = settings["options"]["timeout"]
            if name == settings["called"] and settings["schedule"] is not None:
                options["schedule"] = create_schedule(settings["schedule"])
            elif declared.get("schedule") is not None:
                print("berth: %s has a schedule in the code: %s" % (name, describe(declared["schedule"])))
            if name != settings["target"]:
                return original(self, **options)(target)
            if settings["concurrency"] is not None:
                target = modal.concurrent(max_inputs=settings["concurrency"])(target)
            return original(self, **dict(options, **settings["options"]))(target)

        return decorate

    return decorator


def create_schedule(schedule):
    if "cron" in schedule:
        return modal.Cron(schedule["cron"], timezone=schedule["timezone"])
    return modal.Period(**schedule["period"])


def describe(schedule):
    return " ".join(str(schedule.proto_message).split())


def find_name(target):
    """Returns the name of a function or a class, also if Modal's decorators wrapped it."""
    for owner in (target, getattr(target, "raw_f", None), getattr(target, "user_cls", None)):
        if hasattr(owner, "__name__"):
            return owner.__name__
    return None


main()
