"""Indexes the definitions of all files: which names files and modules offer, and what classes inherit."""

import ast

MAX_DEPTH = 50


class Definitions:
    """All definitions of the repository, by file and name, and by the files and modules that offer them."""

    def __init__(self, sources, modules):
        self.by_file, self.by_module, self.by_name = {}, {}, {}
        self.offers = {}
        self.modules = modules
        for source in sources:
            for definition in source.definitions:
                self.by_file[(source.path, definition.name)] = definition
                self.by_name.setdefault(definition.name, definition)
                self.offers.pop((source.path, definition.name), None)  # The last definition wins, as in Python.
                self._offer(source.path, definition)
        for definition in list(self.by_file.values()):
            self._inherit(definition)
        for source in sources:
            if source.path.endswith("/__init__.py") or source.path == "__init__.py":
                self._add_reexports(source, modules)

    def list_offers(self):
        """Returns the public definitions, those nearest to the root first. A leading underscore makes a name private."""
        offers = [
            (definition.path.count("/"), definition.path, definition.line, path, definition)
            for (path, name), definition in self.offers.items()
            if not name.startswith("_")
        ]
        return sorted(offers, key=lambda offer: offer[:4])

    def as_facts(self, offers):
        return [definition.as_fact(self.modules.describe_location(path)) for *_, path, definition in offers]

    def find(self, module, name, importer):
        """Returns the definition that a file gets when it imports a name from a module, or None."""
        path = self.modules.find(module, importer)
        return self.offers.get((path, name)) or self.by_module.get((module, name))

    def _offer(self, path, definition):
        self.offers.setdefault((path, definition.name), definition)
        key = (self.modules.name_of(path), definition.name)
        if key not in self.by_module or self.by_module[key].path == definition.path:
            self.by_module[key] = definition

    def _inherit(self, definition, depth=0):
        """Adds the methods and the constructor of base classes that can be found by name in the repository."""
        if definition.is_inherited or definition.kind == "function" or depth > MAX_DEPTH:
            return
        definition.is_inherited = True
        for origin in definition.origins:
            parent = self.by_file.get((definition.path, origin)) or self.by_name.get(origin)
            if parent is not None and parent.kind == "function" and definition.kind == "object":
                parent = self._find_returned_class(parent)
            if parent is None or parent is definition or parent.kind != "class":
                continue
            self._inherit(parent, depth + 1)
            if definition.kind == "object":
                definition.instance_of = parent.name
            definition.methods = {**parent.methods, **definition.methods}
            if definition.constructor is None:
                definition.constructor = parent.constructor

    def _find_returned_class(self, function):
        """Returns the class in a factory's return annotation, or None."""
        for origin in function.origins:
            return self.by_file.get((function.path, origin)) or self.by_name.get(origin)
        return None

    def _add_reexports(self, source, modules):
        """Adds names that a package imports in its `__init__.py` to what the package offers."""
        if modules.name_of(source.path) == "__init__":
            return  # The defining file can be imported by its own name.
        for statement in source.imports:
            if not isinstance(statement, ast.ImportFrom):
                continue
            target = modules.find(modules.absolute(source.path, statement), source.path)
            for alias in statement.names if target else ():
                found = self.by_file.get((target, alias.name))
                if found is not None and alias.asname in (None, alias.name):
                    self._offer(source.path, found)
