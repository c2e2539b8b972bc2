"""Maps a JSON object to the arguments of a function by its signature."""

import inspect
import typing

from .annotations import read_signature, resolve_annotations
from .conversion import make_converter
from .conversion_error import ConversionError
from .declarations import is_declaration
from .errors import CallInputError, HostError
from .exact_numbers import as_floats
from .parameters import NAMED, declare, make_parameter_converter
from .single_argument import convert_single_argument


class Arguments:
    """Maps inputs to the arguments of `function`. Raises CALL_INPUT with the correct names if they do not fit."""

    def __init__(self, function, name):
        self.name = name
        try:
            parameters = list(read_signature(function).parameters.values())
        except (TypeError, ValueError):  # a C function without a signature checks its arguments itself
            parameters = [inspect.Parameter("inputs", inspect.Parameter.VAR_KEYWORD)]
        annotations = resolve_annotations(function)
        self.parameters = [parameter for parameter in parameters if parameter.kind in NAMED]
        self.names = {parameter.name for parameter in self.parameters}
        self.positional = [p.name for p in self.parameters if p.kind is inspect.Parameter.POSITIONAL_ONLY]
        declared = {p.name: declare(function, p, annotations.get(p.name, typing.Any)) for p in self.parameters}
        self.required = {name for name, declaration in declared.items() if declaration.is_required}
        #: Defaults from declarations (`Field(…)`). The function does not apply them, so its caller must pass them.
        self.defaults = {p.name: declared[p.name] for p in self.parameters if is_declaration(p.default)}
        self.converters = find_converters(self.parameters, declared, annotations)
        var_keywords = [parameter for parameter in parameters if parameter.kind is inspect.Parameter.VAR_KEYWORD]
        self.takes_any = len(var_keywords) > 0
        self.any_converter = None
        if var_keywords:
            self.any_converter = make_converter(annotations.get(var_keywords[0].name, typing.Any))
        converters = [*self.converters.values(), self.any_converter]
        self.needs_digits = any(converter is not None and converter.needs_digits for converter in converters)
        self.is_plain = not self.converters and not self.defaults and self.any_converter is None

    def map(self, inputs):
        """Returns `(positional, keywords)` for a call with these inputs."""
        if type(inputs) is not dict:
            return self.map_non_object(inputs)
        given = inputs.keys()
        if not self.required <= given or not (self.takes_any or given <= self.names):
            if self.is_one_record(given):
                return self.map_single(inputs)
            raise HostError("CALL_INPUT", self.describe_mismatch(given))
        if not self.is_plain:
            try:
                inputs = self.convert(inputs)
            except RecursionError:
                raise CallInputError("the inputs are nested too deeply") from None
        if not self.positional:
            return (), inputs
        return self.split(inputs)

    def map_non_object(self, inputs):
        if inputs is None and not self.required:
            return self.map({})
        if len(self.parameters) == 1 and not self.takes_any:
            return self.map_single(inputs)
        kind = "null" if inputs is None else type(inputs).__name__
        raise HostError("CALL_INPUT", "%s takes a JSON object, not %s; %s" % (self.name, kind, self.describe()))

    def is_one_record(self, given):
        """Whether the object itself is the only argument, a record, given without the parameter's name."""
        if len(self.parameters) != 1 or self.takes_any or self.names & given:
            return False
        converter = self.converters.get(self.parameters[0].name)
        return converter is not None and converter.is_record

    def map_single(self, value):
        """Maps the only argument, given without its name."""
        name = self.parameters[0].name
        converter = self.converters.get(name)
        if converter is not None:
            value = convert_single_argument(converter, value, name)
        return ((value,), {}) if self.positional else ((), {name: value})

    def convert(self, inputs):
        arguments, problems = dict(inputs), []
        for name, converter in self.converters.items():
            if name in inputs and type(inputs[name]) not in converter.exact:
                convert_argument(arguments, name, converter, problems)
        if self.needs_digits:
            arguments.update({name: as_floats(inputs[name]) for name in inputs.keys() - self.converters.keys()})
        if self.any_converter is not None:
            for name in inputs.keys() - self.names:
                convert_argument(arguments, name, self.any_converter, problems)
        if problems:
            raise CallInputError("; ".join(problems))
        for name, declaration in self.defaults.items():
            if name not in arguments:
                arguments[name] = declaration.make_default()
        return arguments

    def split(self, inputs):
        rest = dict(inputs)
        leading = []
        for parameter in self.parameters:
            if parameter.kind is not inspect.Parameter.POSITIONAL_ONLY:
                break
            leading.append(rest.pop(parameter.name, parameter.default))
        return tuple(leading), rest

    def describe_mismatch(self, given):
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
        return "inputs: " + ", ".join([self.describe_parameter(parameter) for parameter in self.parameters] + more)

    def describe_parameter(self, parameter):
        words = []
        if parameter.annotation is not parameter.empty:
            annotation = parameter.annotation.__origin__ if is_annotated(parameter) else parameter.annotation
            words.append(annotation if isinstance(annotation, str) else inspect.formatannotation(annotation))
        declaration = self.defaults.get(parameter.name)
        if parameter.name in self.required:
            words.append("required")
        elif declaration is not None and declaration.factory is not None:
            words.append("optional")
        else:
            words.append("default %.60r" % (parameter.default if declaration is None else declaration.default,))
        return "%s (%s)" % (parameter.name, ", ".join(words))


def is_annotated(parameter):
    return hasattr(parameter.annotation, "__metadata__")


def find_converters(parameters, declared, annotations):
    """Returns the converters of the parameters that need one."""
    found = (
        (p.name, make_parameter_converter(p, annotations.get(p.name, typing.Any), declared[p.name])) for p in parameters
    )
    return {name: converter for name, converter in found if converter is not None}


def convert_argument(arguments, name, converter, problems):
    try:
        arguments[name] = converter(arguments[name])
    except ConversionError as error:
        problems.append(error.describe(name))
