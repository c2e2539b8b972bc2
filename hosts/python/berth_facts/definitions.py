"""Module-level functions, classes and objects that could be called, with their signatures."""

import ast
import os

from expressions import dotted, qualified, source_of
from signatures import FUNCTIONS, is_dataclass, is_required, parameters_of, read_function, required_fields
from statements import module_level

CALLED_METHODS = ("predict", "run", "__call__")
DOCSTRING_LIMIT = 1000
BASES_LIMIT = 5


class Definition:
    """A function, a class with its own methods, or an object. Plain data: it goes from process to process."""

    def __init__(self, source, node):
        self.path, self.line = source.path, node.lineno
        self.signature, self.docstring = None, None
        self.methods, self.bases, self.origins, self.constructor = {}, [], [], []
        if isinstance(node, ast.Assign):
            self.kind, self.name = "object", node.targets[0].id
            self.origins = [(qualified(source, node.value.func) or "").split(".")[-1]]
            return
        self.name = node.name
        self.docstring = (ast.get_docstring(node) or "")[:DOCSTRING_LIMIT] or None
        if isinstance(node, ast.ClassDef):
            self.kind = "class"
            self.read_class(source, node)
        else:
            self.kind = "function"
            self.signature = read_function(source, node)

    def read_class(self, source, node):
        functions = [item for item in node.body if isinstance(item, FUNCTIONS)]
        self.methods = {
            item.name: read_function(source, item, is_method=True) for item in functions if is_callable(item.name)
        }
        self.bases = [source_of(base) for base in node.bases]
        self.origins = [(qualified(source, base) or "").split(".")[-1] for base in node.bases]
        init = next((item for item in functions if item.name == "__init__"), None)
        if init is not None:
            self.constructor = [item for item in parameters_of(init)[1:] if is_required(item)]
        else:
            self.constructor = list(required_fields(node)) if is_dataclass(node) else None

    def function(self, method=None):
        """Signature of the function, of the called method, or of the method named; None if there is none."""
        if self.kind == "function":
            return self.signature if method is None else None
        names = CALLED_METHODS if method is None else (method,)
        return next((self.methods[name] for name in names if name in self.methods), None)

    def as_fact(self, module, root):
        function = self.function() or {"isAsync": False, "isGenerator": False, "parameters": []}
        fact = {
            "file": self.path,
            "module": module,
            "root": root,
            "callable": self.name,
            "kind": self.kind,
            **function,
            "methods": list(self.methods),
            "bases": self.bases,
            "constructorParameters": self.constructor or [],
            "docstring": self.docstring,
            "line": self.line,
        }
        if self.kind != "function":
            fact["signatures"] = {name: method["parameters"] for name, method in self.methods.items()}
            fact["methodKinds"] = {
                name: {"isAsync": method["isAsync"], "isGenerator": method["isGenerator"]}
                for name, method in self.methods.items()
            }
        return fact


def find_definitions(source):
    nodes = (named_lambda(statement) or statement for statement in module_level(source.tree.body))
    return [
        Definition(source, node) for node in nodes if isinstance(node, FUNCTIONS + (ast.ClassDef,)) or is_object(node)
    ]


def is_object(statement):
    """`model = Model()`: a name that a call is assigned to; neither a constant nor a logger."""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Call):
        return False
    target = statement.targets[0]
    if len(statement.targets) != 1 or not isinstance(target, ast.Name) or target.id.isupper():
        return False
    return not (dotted(statement.value.func) or "").endswith(("getLogger", "get_logger", "TypeVar"))


def is_callable(method):
    """Public methods; of those with underscores only the one that makes an object callable."""
    return not method.startswith("_") or method == "__call__"


def named_lambda(statement):
    """`predict = lambda text: …` as the function that it is."""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Lambda):
        return None
    target = statement.targets[0]
    if len(statement.targets) != 1 or not isinstance(target, ast.Name):
        return None
    node = ast.FunctionDef(target.id, statement.value.args, [ast.Expr(statement.value.body)], [], None)
    return ast.copy_location(node, statement)


class Definitions:
    """All definitions of the repository, by file and name, and by the module that offers them."""

    def __init__(self, sources, modules):
        self.by_file, self.by_module, self.by_name = {}, {}, {}
        for source in sources:
            module = modules.name_of(source.path)
            for definition in source.definitions if module is not None else ():
                self.by_file[(source.path, definition.name)] = definition
                self.by_module[(module, definition.name)] = (definition, modules.root_of[source.path])
                self.by_name.setdefault(definition.name, definition)
        for definition in list(self.by_file.values()):
            self._inherit(definition, 0)
        for source in sources:
            if os.path.basename(source.path) == "__init__.py":
                self._add_reexports(source, modules)

    def offered(self):
        """What is public, as facts: a leading underscore says that it is nobody else's business."""
        found = [
            definition.as_fact(module, root)
            for (module, name), (definition, root) in self.by_module.items()
            if not name.startswith("_")
        ]
        return sorted(found, key=lambda fact: (fact["file"], fact["line"], fact["module"]))

    def _inherit(self, definition, depth):
        """Methods and constructor of base classes of the repository, as far as names lead there."""
        for origin in definition.origins if depth < BASES_LIMIT else ():
            parent = self.by_file.get((definition.path, origin)) or self.by_name.get(origin)
            if parent is None or parent is definition or parent.kind != "class":
                continue
            self._inherit(parent, depth + 1)
            definition.methods = {**parent.methods, **definition.methods}
            if definition.constructor is None:
                definition.constructor = parent.constructor

    def _add_reexports(self, source, modules):
        """A package that imports a name in its `__init__.py` offers it under its own name."""
        package = modules.name_of(source.path)
        for statement in source.imports if package is not None else ():
            if not isinstance(statement, ast.ImportFrom):
                continue
            target = modules.find(modules.absolute(source.path, statement), source.path)
            for alias in statement.names if target else ():
                found = self.by_file.get((target, alias.name))
                if found is not None and alias.asname in (None, alias.name):
                    self.by_module.setdefault((package, alias.name), (found, modules.root_of[source.path]))
