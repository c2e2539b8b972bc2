"""Inputs by name: a JSON object becomes the arguments of a function, by its signature."""

import inspect

from .errors import HostError

NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_ONLY)


class Arguments:
    """Maps inputs to the arguments of `function`; what does not fit is CALL_INPUT and lists the right names."""

    def __init__(self, function, name):
        self.name = name
        try:
            parameters = list(inspect.signature(function).parameters.values())
        except (TypeError, ValueError):  # a C function without a signature: it checks its arguments itself
            parameters = [inspect.Parameter("inputs", inspect.Parameter.VAR_KEYWORD)]
        self.parameters = [parameter for parameter in parameters if parameter.kind in NAMED]
        self.names = {parameter.name for parameter in self.parameters}
        self.required = {parameter.name for parameter in self.parameters if parameter.default is parameter.empty}
        self.takes_any = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters)
        self.positional = [p.name for p in self.parameters if p.kind is inspect.Parameter.POSITIONAL_ONLY]

    def map(self, inputs):
        """(positional, by name) for a call with these inputs."""
        if type(inputs) is not dict:
            return self.map_other(inputs)
        given = inputs.keys()
        if not self.required <= given or not (self.takes_any or given <= self.names):
            raise HostError("CALL_INPUT", self.describe_misfit(given))
        if not self.positional:
            return (), inputs
        return self.split(inputs)

    def map_other(self, inputs):
        if inputs is None and not self.required:
            return (), {}
        if len(self.parameters) == 1 and not self.takes_any:
            only = self.parameters[0]
            return ((), {only.name: inputs}) if not self.positional else ((inputs,), {})
        kind = "null" if inputs is None else type(inputs).__name__
        raise HostError("CALL_INPUT", "%s takes a JSON object, not %s; %s" % (self.name, kind, self.describe()))

    def split(self, inputs):
        rest = dict(inputs)
        leading = []
        for parameter in self.parameters:
            if parameter.kind is not inspect.Parameter.POSITIONAL_ONLY:
                break
            leading.append(rest.pop(parameter.name, parameter.default))
        return tuple(leading), rest

    def describe_misfit(self, given):
        unknown = [] if self.takes_any else sorted(given - self.names)
        missing = [parameter.name for parameter in self.parameters if parameter.name in self.required - given]
        problems = []
        if unknown:
            problems.append("has no input called " + " or ".join(unknown))
        if missing:
            problems.append("needs " + " and ".join(missing))
        return "%s %s; %s" % (self.name, " and ".join(problems), self.describe())

    def describe(self):
        if not self.parameters:
            return "it takes any names" if self.takes_any else "it takes no inputs"
        more = ["any other name"] if self.takes_any else []
        return "inputs: " + ", ".join([describe_parameter(parameter) for parameter in self.parameters] + more)


def describe_parameter(parameter):
    words = []
    if parameter.annotation is not parameter.empty:
        annotation = parameter.annotation
        words.append(annotation if isinstance(annotation, str) else inspect.formatannotation(annotation))
    words.append("required" if parameter.default is parameter.empty else "default %.60r" % (parameter.default,))
    return "%s (%s)" % (parameter.name, ", ".join(words))


def check_takes_inputs(function, name):
    """HostError START_FAILED for a callable that cannot be called with the inputs as its one argument."""
    try:
        inspect.signature(function).bind({})
    except TypeError as error:
        message = "%s cannot be called with the inputs as its one argument: %s" % (name, error)
        raise HostError("START_FAILED", message) from None
    except ValueError:  # no signature to be had
        pass
