"""What each file is called when it is imported, and what it imports."""

import ast

from module_locations import Places


class Modules:
    def __init__(self, files, projects, sources):
        self.places = Places(files, projects, sources)
        self._first, self._third = {}, set()
        for source in sources:
            self._read_imports(source)
        self._paths = {}

    def first_party(self):
        return {path: sorted(targets) for path, targets in sorted(self._first.items()) if targets}

    def third_party(self):
        return sorted(self._third)

    def name_of(self, path):
        """Dotted name from the file's root."""
        place = self.places.of.get(path)
        return None if place is None else place.module

    def place_of(self, path):
        """As a fact: module, root, and how to import it where these do not say all."""
        place = self.places.of[path]
        fact = {"module": place.module, "root": place.root or "."}
        paths = [root or "." for root in self._paths_of(path)]
        if paths != ([fact["root"], "."] if place.root else ["."]):
            fact["paths"] = paths
        if place.is_by_file:
            fact["byFile"] = True
        if place.package is not None:
            fact["package"] = {"name": place.package, "directory": place.root or "."}
        return fact

    def find(self, name, importer):
        """File of a module as the importer would find it: from its own roots, then from the repository's."""
        return self.places.find(name, importer)

    def absolute(self, path, statement):
        """Dotted module of a `from … import`, with leading dots resolved."""
        if not statement.level:
            return statement.module or ""
        package = self.places.package_parts(path)
        parts = package[: max(len(package) - statement.level + 1, 0)]
        return ".".join(parts + ([statement.module] if statement.module else []))

    def _paths_of(self, path):
        """Its own roots, then those that the files need which it imports, over any number of imports; the repository last."""
        if path not in self._paths:
            roots, reached = {}, {path: None}
            pending = [path]
            while pending:
                file = pending.pop()
                place = self.places.of.get(file)
                roots.update((root, None) for root in (place.roots if place is not None else ()))
                for target in sorted(self._first.get(file, ())):
                    if target not in reached:
                        reached[target] = None
                        pending.append(target)
            self._paths[path] = [root for root in roots if root] + [""]
            if next(iter(roots), "") == "":
                self._paths[path] = [""] + self._paths[path][:-1]
        return self._paths[path]

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
        if found is not None:
            targets.update({found} - {source.path})
        elif not is_relative and not self.places.is_own(name.split(".")[0], source.path):
            self._third.add(name.split(".")[0])
