"""Finds the module name and the imports of each file."""

import ast

from module_locations import ModuleLocations


class Modules:
    def __init__(self, files, projects, sources):
        self.locations = ModuleLocations(files, projects, sources)
        self._first_party, self._third_party = {}, set()
        for source in sources:
            self._read_imports(source)
        self._paths = {}

    def list_first_party(self):
        return {path: sorted(targets) for path, targets in sorted(self._first_party.items()) if targets}

    def list_third_party(self):
        return sorted(self._third_party)

    def name_of(self, path):
        """Returns the dotted name from the file's import root, or None."""
        location = self.locations.by_path.get(path)
        return None if location is None else location.module

    def describe_location(self, path):
        """Returns the module and root of a file as a fact, with more about its import if these are not enough."""
        location = self.locations.by_path[path]
        fact = {"module": location.module, "root": location.root or "."}
        paths = [root or "." for root in self._paths_of(path)]
        if paths != ([fact["root"], "."] if location.root else ["."]):
            fact["paths"] = paths
        if location.needs_file_import:
            fact["byFile"] = True
        if location.package is not None:
            fact["package"] = {"name": location.package, "directory": location.root or "."}
        return fact

    def find(self, name, importer):
        """Returns the file that an importer finds for a module: from its own roots, then from the repository."""
        return self.locations.find(name, importer)

    def absolute(self, path, statement):
        """Returns the dotted module of a `from … import`, with leading dots resolved."""
        if not statement.level:
            return statement.module or ""
        package = self.locations.package_parts(path)
        parts = package[: max(len(package) - statement.level + 1, 0)]
        return ".".join(parts + ([statement.module] if statement.module else []))

    def _paths_of(self, path):
        """Returns the file's own roots, then those of all files that it imports, directly or not, then the repository."""
        if path not in self._paths:
            roots, reached = {}, {path: None}
            pending = [path]
            while pending:
                file = pending.pop()
                location = self.locations.by_path.get(file)
                roots.update((root, None) for root in (location.roots if location is not None else ()))
                for target in sorted(self._first_party.get(file, ())):
                    if target not in reached:
                        reached[target] = None
                        pending.append(target)
            self._paths[path] = [root for root in roots if root] + [""]
            if next(iter(roots), "") == "":
                self._paths[path] = [""] + self._paths[path][:-1]
        return self._paths[path]

    def _read_imports(self, source):
        targets = self._first_party.setdefault(source.path, set())
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
        if found is not None:
            targets.update({found} - {source.path})
        elif not is_relative and not self.locations.is_own_module(name.split(".")[0], source.path):
            self._third_party.add(name.split(".")[0])
