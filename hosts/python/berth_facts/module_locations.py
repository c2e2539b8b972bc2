"""Finds how to import each file: the directory that must be on `sys.path`, and the module's name from there."""

import ast
import collections

from defaults import STANDARD_LIBRARY
from module_paths import (
    ancestors,
    boundary_of,
    count_parts,
    is_below,
    is_name,
    join,
    module_name,
    name_of,
    parent_of,
    sanitize,
)

ROOT_PACKAGE = "root_package"


class ModuleLocation:
    """How to import a file.

    `root` is its import root, "" for the repository. `roots` adds the other roots from which it imports. `package` is a name
    for the package that `root` is, if the file imports from it with leading dots but it has no name.
    """

    def __init__(self, root, module):
        self.root, self.module = root, module
        self.roots = [root]
        self.needs_file_import = False
        self.package = None


class ModuleLocations:
    def __init__(self, files, projects, sources):
        self.files = set(files)
        self.projects = set(projects)
        self.packages = {parent_of(path) for path in files if name_of(path) == "__init__.py"}
        self.directories = {directory for path in files for directory in ancestors(parent_of(path))}
        self.imports = {source.path: list(absolute_imports(source)) for source in sources}
        self.wrappers = {path for path, names in self.imports.items() if is_wrapper(path, names)}
        self.relative = {source.path for source in sources if relative_depth(source)}
        self.by_path = {}
        units = self._choose_units(sources)
        for source in sources:
            self.by_path[source.path] = self._locate(source, units.get(self._outermost_package(source.path)))
        self._name_packages(sources)

    def find(self, name, importer):
        location = self.by_path.get(importer)
        roots = location.roots if location is not None else []
        if location is not None and location.package and name.split(".")[0] == location.package:
            return self._find_under(name[len(location.package) + 1 :] or "__init__", location.root)
        return next((found for root in [*roots, ""] for found in [self._find_under(name, root)] if found), None)

    def is_own_module(self, first, importer):
        location = self.by_path.get(importer)
        roots = [*location.roots, ""] if location is not None else [""]
        return any(join(root, first) in self.directories or self._find_under(first, root) for root in roots) or (
            location is not None and location.package == first
        )

    def package_parts(self, path):
        """Returns the names of the file's packages, outermost first."""
        location = self.by_path.get(path)
        parts = location.module.split(".") if location is not None else []
        if name_of(path) != "__init__.py" or parts == ["__init__"]:
            parts = parts[:-1]
        return ([location.package] if location is not None and location.package else []) + parts

    def _find_under(self, name, root):
        stem = join(root, name.replace(".", "/"))
        return next((path for path in (stem + ".py", stem + "/__init__.py") if path in self.files), None)

    def _resolve(self, alternatives, root, importer):
        """Returns the file that an import finds from a root. None if that file wraps a library of the same name."""
        found = next((path for path in (self._find_under(name, root) for name in alternatives) if path), None)
        return None if found == importer or found in self.wrappers else found

    def _outermost_package(self, path):
        """Returns the directory of the outermost importable package that contains the file, or None."""
        directory, found = parent_of(path), None
        while directory in self.packages and directory and is_name(name_of(directory)):
            found, directory = directory, parent_of(directory)
        return found

    def _choose_units(self, sources):
        """Returns the import root of each outermost package: its parent, or a higher directory from which files import it."""
        votes = collections.defaultdict(collections.Counter)
        for source in sources:
            for alternatives in self.imports[source.path]:
                for root in ancestors(parent_of(source.path)):
                    found = self._resolve(alternatives, root, source.path)
                    unit = self._outermost_package(found) if found is not None else None
                    if unit is not None and is_below(parent_of(unit), root):
                        votes[unit][root] += 1
        return {
            unit: max(counter, key=lambda root: (root == parent_of(unit), counter[root]))
            for unit, counter in votes.items()
        }

    def _locate(self, source, unit_root):
        path = source.path
        directory, boundary = parent_of(path), boundary_of(parent_of(path))
        root = self._choose_root(path, unit_root)
        needed = self._needed_roots(path, root)
        if self._outermost_package(path) is None and needed:
            root = min(needed, key=len)
        root = root if is_below(root, boundary) else boundary
        depth = relative_depth(source)
        while root != boundary and count_parts(directory, root) < depth:
            root = parent_of(root)
        location = ModuleLocation(root, module_name(path, root))
        location.roots = list(dict.fromkeys([root, *needed]))
        location.needs_file_import = not is_name(name_of(path)[: -len(".py")])
        if count_parts(directory, root) < depth or location.module == "__init__":
            location.package = sanitize(name_of(root)) if root else ROOT_PACKAGE
        return location

    def _choose_root(self, path, chosen):
        """Returns the chosen root, else by convention the nearest `src` or project, else the outermost package's parent."""
        unit = self._outermost_package(path)
        if chosen is not None:
            return chosen
        for directory in ancestors(parent_of(path if unit is None else unit)):
            if name_of(directory) == "src" and directory not in self.packages:
                return directory
            if directory in self.projects and directory not in self.packages:
                return directory
        return "" if unit is None else parent_of(unit)

    def _needed_roots(self, path, root):
        """Returns the nearest directories above the file from which only certain of its imports can be found."""
        unit = self._outermost_package(path)
        needed = {}
        for alternatives in self.imports[path]:
            if self._resolve(alternatives, root, None) or self._resolve(alternatives, "", None):
                continue
            if alternatives[0] in STANDARD_LIBRARY:
                continue  # `import types` means Python's own module, even if there is such a file
            for directory in ancestors(parent_of(path)):
                if self._resolve(alternatives, directory, path):
                    needed[directory] = None
                    break
        if unit is not None and self._imports_as_package_module(path, unit, root):
            return [root for root in needed if not is_below(root, unit)]
        return list(needed)

    def _imports_as_package_module(self, path, unit, root):
        """Whether a file imports like a module of its package, not like a script. Then inner directories are not roots."""
        if path in self.relative:
            return True
        found = (self._resolve(alternatives, root, path) for alternatives in self.imports[path])
        return any(target is not None and is_below(target, unit) for target in found)

    def _name_packages(self, sources):
        """Names packages without a name as the code calls them: `from foo.helper import up`."""
        named = collections.defaultdict(collections.Counter)
        roots = {location.root for location in self.by_path.values() if location.package}
        for source in sources if roots else ():
            for alternatives in self.imports[source.path]:
                first, _, rest = alternatives[0].partition(".")
                if rest and first not in STANDARD_LIBRARY and not self.is_own_module(first, source.path):
                    for root in roots & set(ancestors(parent_of(source.path))):
                        found = self._find_under(rest, root)
                        named[root][first] += 1 if found not in (None, source.path) else -len(sources)
        for location in self.by_path.values():
            for name, count in named[location.root].most_common(1) if location.package else ():
                location.package = name if count > 0 else location.package


def absolute_imports(source):
    for statement in source.imports:
        if isinstance(statement, ast.Import):
            yield from ([alias.name] for alias in statement.names)
        elif not statement.level and statement.module:
            yield [statement.module] + [statement.module + "." + alias.name for alias in statement.names]


def is_wrapper(path, imports):
    """Whether a module imports a library with the same name. Then other files that import the name mean the library, too."""
    name = name_of(path)[: -len(".py")] if name_of(path) != "__init__.py" else name_of(parent_of(path))
    return any(alternatives[0].split(".")[0] == name for alternatives in imports) and path != name + "/__init__.py"


def relative_depth(source):
    """Returns how many packages must hold the file, by the leading dots of its imports."""
    levels = [item.level for item in source.imports if isinstance(item, ast.ImportFrom)]
    return max(levels, default=0)
