"""What each file is called when it is imported, and what it imports."""

import ast
import os


class Modules:
    def __init__(self, files, sources):
        self.files = set(files)
        self.packages = {os.path.dirname(path) for path in files if os.path.basename(path) == "__init__.py"}
        self.namespaces = {part for path in files for part in leading_directories(path)}
        self.root_of = {source.path: self._find_root(source) for source in sources}
        self._first, self._third = {}, set()
        for source in sources:
            self._read_imports(source)

    def first_party(self):
        return {path: sorted(targets) for path, targets in sorted(self._first.items()) if targets}

    def third_party(self):
        return sorted(self._third)

    def name_of(self, path):
        """Dotted name from the file's root, or None where Python could not import it by name."""
        root = self.root_of.get(path, ".")
        inner = path if root == "." else path[len(root) + 1 :]
        parts = inner[: -len(".py")].split("/")
        if parts[-1] == "__init__":
            parts.pop()
        return ".".join(parts) if parts and all(part.isidentifier() for part in parts) else None

    def find(self, name, importer):
        """File of a module as the importer would find it: from its own root, then from the repository's."""
        root = self.root_of.get(importer, ".")
        return self._find_under(name, root) or (self._find_under(name, ".") if root != "." else None)

    def absolute(self, path, statement):
        """Dotted module of a `from … import`, with leading dots resolved."""
        if not statement.level:
            return statement.module or ""
        package = (self.name_of(path) or "").split(".")
        above = statement.level - (1 if os.path.basename(path) == "__init__.py" else 0)
        parts = package[: max(len(package) - above, 0)] + ([statement.module] if statement.module else [])
        return ".".join(part for part in parts if part)

    def _find_under(self, name, root):
        stem = name.replace(".", "/") if root == "." else root + "/" + name.replace(".", "/")
        return next((path for path in (stem + ".py", stem + "/__init__.py") if path in self.files), None)

    def _find_root(self, source):
        """The directory that must be on sys.path: above the outermost package, `src`, or where a script lies whose
        imports are found beside it and nowhere else."""
        directory = os.path.dirname(source.path)
        while directory in self.packages:
            directory = os.path.dirname(directory)
        if directory == "":
            return "."
        if directory.split("/")[0] == "src":
            return "src"
        names = [name for name in imported_modules(source) if not self._find_under(name, ".")]
        return directory if any(self._find_under(name, directory) for name in names) else "."

    def _read_imports(self, source):
        targets = self._first.setdefault(source.path, set())
        for statement in source.imports:
            if isinstance(statement, ast.Import):
                for alias in statement.names:
                    self._record(source, alias.name, targets)
                continue
            base = self.absolute(source.path, statement)
            for alias in statement.names:
                name = base + "." + alias.name if base else alias.name
                if statement.level:
                    source.names[alias.asname or alias.name] = name
                inner = self.find(name, source.path)
                if inner and inner != source.path:
                    targets.add(inner)
            if base:
                self._record(source, base, targets, is_relative=bool(statement.level))

    def _record(self, source, name, targets, is_relative=False):
        found = self.find(name, source.path)
        first = name.split(".")[0]
        if found is not None:
            targets.update({found} - {source.path})
        elif not is_relative and first not in self.namespaces and self.find(first, source.path) is None:
            self._third.add(first)


def leading_directories(path):
    """First directory of the path, and below `src` the second too: what may be a package without an `__init__.py`."""
    parts = path.split("/")[:-1]
    return parts[:2] if parts[:1] == ["src"] else parts[:1]


def imported_modules(source):
    for statement in source.imports:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif not statement.level and statement.module:
            yield statement.module
