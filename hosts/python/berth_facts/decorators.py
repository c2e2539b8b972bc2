"""Finds how decorators change a function's signature."""

import ast

from expressions import call_target, qualified, source_of

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# Last part of the names of decorators that keep the signature.
SIGNATURE_KEEPING = frozenset(
    "staticmethod classmethod abstractmethod override final overload deprecated wraps lru_cache cache cached no_grad "
    "inference_mode get post put patch delete route websocket validate_call typechecked beartype contextmanager".split()
)
TEXT_LIMIT = 100


def read_decorators(source, function):
    """Returns the function that replaces this one, or None, and the source of unknown decorators, which may replace it."""
    replacement, unknown = None, []
    for item in function.decorator_list:
        name = (qualified(source, call_target(item)) or "").split(".")[-1]
        if name in SIGNATURE_KEEPING:
            continue
        own = find_own(source, call_target(item))
        inner = inner_function(own, isinstance(item, ast.Call)) if own is not None else None
        if inner is None:
            unknown.append(source_of(call_target(item))[:TEXT_LIMIT])
        elif not keeps_signature(source, inner):
            replacement = replacement or inner  # The first is the outermost.
    return replacement, unknown


def find_own(source, target):
    """Returns the definition of a decorator in the same module, or None."""
    if not isinstance(target, ast.Name):
        return None
    return next((item for item in source.tree.body if isinstance(item, FUNCTIONS) and item.name == target.id), None)


def inner_function(decorator, has_arguments):
    """Returns the function that a decorator defines and returns, or None."""
    for _ in range(2 if has_arguments else 1):
        returned = [item.value for item in decorator.body if isinstance(item, ast.Return)]
        name = returned[-1].id if returned and isinstance(returned[-1], ast.Name) else None
        decorator = next((item for item in decorator.body if isinstance(item, FUNCTIONS) and item.name == name), None)
        if decorator is None:
            return None
    return decorator


def keeps_signature(source, function):
    return any((qualified(source, call_target(item)) or "").endswith("wraps") for item in function.decorator_list)
