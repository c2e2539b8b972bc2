"""Chooses how a callable takes its inputs if that is not specified. src/adaptation/shapes/call-style.ts has the same rules."""

import inspect
import re

INPUT_NAMES = {"inputs", "input", "input_data", "payload", "data", "request", "body", "event", "params", "job"}
MAPPING_TYPES = {"dict", "Dict", "Mapping", "MutableMapping", "JSON", "Json", "JSONObject"}
ANYTHING = {"", "Any", "object"}


def choose_style(function):
    """Returns `inputs` for a single parameter annotated as a mapping, or named like one without annotation."""
    try:
        parameters = [
            p
            for p in inspect.signature(function).parameters.values()
            if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        ]
    except (TypeError, ValueError):
        return "arguments"
    if len(parameters) != 1 or parameters[0].kind is inspect.Parameter.KEYWORD_ONLY:
        return "arguments"
    [only] = parameters
    kind = base_type(only.annotation)
    if kind in ANYTHING:
        return "inputs" if only.name in INPUT_NAMES else "arguments"
    return "inputs" if kind in MAPPING_TYPES else "arguments"


def base_type(annotation):
    if annotation is inspect.Parameter.empty:
        return ""
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    text = re.sub(r"^(typing\.)?Optional\[(.*)\]$", r"\2", text)
    text = re.sub(r"\s*\|\s*None$|^None\s*\|\s*", "", text)
    return text.partition("[")[0].rpartition(".")[2].strip()
