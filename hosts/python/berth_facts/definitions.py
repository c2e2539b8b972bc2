"""Finds module-level functions, classes, and objects that could be called, with their signatures."""

import ast

from expressions import dotted, qualified, source_of
from signatures import FUNCTIONS, has_fields, is_required, parameters_of, read_function, required_fields
from statements import module_level

CALLED_METHODS = ("predict", "run", "__call__")
DOCSTRING_LIMIT = 1000
MAX_BASES = 10
MAX_METHODS = 100
NOT_CALLED = ("property", "cached_property", "setter", "getter", "deleter")
NOT_SOFTWARE = ("getLogger", "get_logger", "TypeVar", "ParamSpec", "NewType", "namedtuple", "compile")
CONSTRUCTING = (ast.Call, ast.BinOp, ast.Attribute)


class Definition:
    """A function, a class with its methods, or an object. Plain data, because it is passed between processes."""

    def __init__(self, source, node):
        self.path, self.line = source.path, node.lineno
        self.signature, self.docstring = None, None
        self.methods, self.bases, self.origins, self.constructor = {}, [], [], []
        self.is_inherited, self.instance_of, self.is_abstract = False, None, False
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            self.kind, self.name = "object", target_of(node).id
            self.origins = [last_part(source, name) for name in origins_of(node)]
            return
        self.name = node.name
        self.docstring = (ast.get_docstring(node) or "")[:DOCSTRING_LIMIT] or None
        if isinstance(node, ast.ClassDef):
            self.kind = "class"
            self.read_class(source, node)
        else:
            self.kind = "function"
            self.signature = read_function(source, node)
            self.origins = [last_part(source, node.returns)] if node.returns is not None else []

    def read_class(self, source, node):
        functions = [item for item in node.body if isinstance(item, FUNCTIONS)]
        called = [item for item in functions if is_callable(item)]
        self.methods = {item.name: read_function(source, item, is_method=True) for item in called[:MAX_METHODS]}
        self.bases = [source_of(base) for base in node.bases[:MAX_BASES]]
        self.origins = [last_part(source, base) for base in node.bases[:MAX_BASES]]
        self.is_abstract = is_abstract(source, node, functions)
        init = next((item for item in functions if item.name == "__init__"), None)
        if init is not None:
            self.constructor = [item for item in parameters_of(source, init)[1:] if is_required(item)]
        else:
            self.constructor = list(required_fields(source, node)) if has_fields(source, node) else None

    def function(self, method=None):
        """Returns the signature of the function, of the named method, or of the default method; None if there is none."""
        if self.kind == "function":
            return self.signature if method is None else None
        names = CALLED_METHODS if method is None else (method,)
        return next((self.methods[name] for name in names if name in self.methods), None)

    def needs_no_instance(self, method):
        return method in self.methods and self.methods[method]["binding"] is not None

    def as_fact(self, location):
        """Returns the definition as a fact. `location`: how to import its module."""
        function = self.function() or {"isAsync": False, "isGenerator": False, "parameters": []}
        fact = {
            "file": self.path,
            **location,
            "callable": self.name,
            "kind": self.kind,
            **{name: function[name] for name in ("isAsync", "isGenerator", "parameters")},
            "methods": list(self.methods),
            "bases": self.bases,
            "constructorParameters": self.constructor or [],
            "docstring": self.docstring,
            "line": self.line,
        }
        if function.get("decorators"):
            fact["decorators"] = function["decorators"]
        if self.is_abstract:
            fact["isAbstract"] = True
        if self.instance_of is not None:
            fact["instanceOf"] = self.instance_of
        if self.kind != "function":
            fact["signatures"] = {name: method["parameters"] for name, method in self.methods.items()}
            fact["methodKinds"] = {name: method_kind(method) for name, method in self.methods.items()}
        return fact


def is_abstract(source, node, functions):
    """Whether a class cannot be instantiated: a `Protocol`, or a class that defines abstract methods."""
    bases = [base.value if isinstance(base, ast.Subscript) else base for base in node.bases[:MAX_BASES]]
    if any((qualified(source, base) or "").split(".")[-1] == "Protocol" for base in bases):
        return True
    decorators = [item for function in functions for item in function.decorator_list]
    return any((qualified(source, item) or "").split(".")[-1].startswith("abstract") for item in decorators)


def method_kind(method):
    kind = {"isAsync": method["isAsync"], "isGenerator": method["isGenerator"]}
    return dict(kind, binding=method["binding"]) if method["binding"] else kind


def find_definitions(source):
    nodes = (named_lambda(statement) or statement for statement in module_level(source.tree.body))
    return [
        Definition(source, node) for node in nodes if isinstance(node, FUNCTIONS + (ast.ClassDef,)) or is_object(node)
    ]


def is_object(statement):
    """Whether a statement assigns an object that may be callable: `model = Model()`, `chain = prompt | model`.

    False for constants, loggers, and type variables.
    """
    value = getattr(statement, "value", None)
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or not isinstance(value, CONSTRUCTING):
        return False
    target = target_of(statement)
    if not isinstance(target, ast.Name) or target.id.isupper():
        return False
    if isinstance(value, ast.BinOp):
        return isinstance(value.op, ast.BitOr)
    return not (dotted(getattr(value, "func", value)) or "").endswith(NOT_SOFTWARE)


def target_of(statement):
    """Returns the assigned target, or None if there are several."""
    if isinstance(statement, ast.AnnAssign):
        return statement.target
    return statement.targets[0] if len(statement.targets) == 1 else None


def origins_of(statement):
    """Yields the expressions that name the class of an object: its annotation, or the called name."""
    if isinstance(statement, ast.AnnAssign):
        yield statement.annotation
    if isinstance(statement.value, ast.Call):
        yield statement.value.func


def last_part(source, node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.split(".")[-1]
    return (qualified(source, node) or "").split(".")[-1]


def is_callable(function):
    """Whether a method is public and is called, or is `__call__`."""
    decorated = {(dotted(item) or "").split(".")[-1] for item in function.decorator_list}
    return (not function.name.startswith("_") or function.name == "__call__") and decorated.isdisjoint(NOT_CALLED)


def named_lambda(statement):
    """Returns `predict = lambda text: …` as a function definition, or None."""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Lambda):
        return None
    target = statement.targets[0]
    if len(statement.targets) != 1 or not isinstance(target, ast.Name):
        return None
    node = ast.FunctionDef(target.id, statement.value.args, [ast.Expr(statement.value.body)], [], None)
    return ast.copy_location(node, statement)
