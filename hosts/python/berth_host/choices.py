"""One of some values: `Literal` and enums."""

import enum
from typing import Any, Tuple

from .converter import Converter
from .misfit import Misfit, show


def literal_converter(choices: Tuple[Any, ...]) -> Converter:
    def convert(value: Any, files: Any) -> Any:
        for choice in choices:
            plain = choice.value if isinstance(choice, enum.Enum) else choice
            if value == plain and type(value) is type(plain):
                return choice
        shown = ", ".join(show(choice.value if isinstance(choice, enum.Enum) else choice) for choice in choices)
        raise Misfit("must be one of %s; got %s" % (shown, show(value)))

    return Converter(convert)


def enum_converter(kind: Any) -> Converter:
    def convert(value: Any, files: Any) -> Any:
        for member in kind:
            if value == member.value and type(value) is type(member.value):
                return member
        try:
            if isinstance(value, list):
                return kind(tuple(value))
            if not isinstance(value, bool):
                return kind(value)  # 1.0 for 1, a flag of several, a class that finds its members itself
        except (ValueError, TypeError):
            pass
        raise Misfit("must be one of %s; got %s" % (", ".join(show(member.value) for member in kind), show(value)))

    return Converter(convert)
