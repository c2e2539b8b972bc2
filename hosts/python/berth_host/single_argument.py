"""Passes all inputs of a call as one argument."""

import typing

from .annotations import read_signature, resolve_annotations
from .conversion_error import ConversionError
from .errors import CallInputError, HostError
from .parameters import NAMED, declare, make_parameter_converter


def convert_single_argument(converter, value, name):
    """Converts the inputs as one value. Errors name its parts without the parameter's name."""
    try:
        return converter(value)
    except RecursionError:
        raise CallInputError("the inputs are nested too deeply") from None
    except ConversionError as error:
        raise CallInputError(error.describe("" if error.path else name)) from None


def find_single_argument_converter(function):
    """Returns `(converter, name)` of the parameter that takes all inputs, or None if it accepts any value."""
    try:
        parameters = [p for p in read_signature(function).parameters.values() if p.kind in NAMED]
    except (TypeError, ValueError):
        return None
    if not parameters:
        return None
    first = parameters[0]
    annotation = resolve_annotations(function).get(first.name, typing.Any)
    converter = make_parameter_converter(first, annotation, declare(function, first, annotation))
    return converter and (converter, first.name)


def check_takes_inputs(function, name):
    """Raises HostError START_FAILED if the callable cannot be called with the inputs as its only argument."""
    try:
        read_signature(function).bind({})
    except TypeError as error:
        message = "%s cannot be called with the inputs as its only argument: %s" % (name, error)
        raise HostError("START_FAILED", message) from None
    except ValueError:  # no signature available
        pass
