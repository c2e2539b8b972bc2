"""Where the import of each file starts: the directory that must be on `sys.path`, and the module's name from there."""

import ast
import collections
import keyword
import re

from defaults import STANDARD_LIBRARY

ROOT_PACKAGE = "root_package"


class Place:
    """`root` is "" for the repository. `roots`: that, and others from which the file imports. `package`: the name of
    the package that `root` is, where the file imports from it by leading dots and no name leads to it."""

    def __init__(self, root, module):
        self.root, self.module = root, module
        self.roots = [root]
        self.is_by_file = False
        self.package = None


class Places:
    def __init__(self, files, projects, sources):
        self.files = set(files)
        self.projects = set(projects)
        self.packages = {parent_of(path) for path in files if name_of(path) == "__init__.py"}
        self.directories = {directory for path in files for directory in ancestors(parent_of(path))}
        self.imports = {source.path: list(absolute_imports(source)) for source in sources}
        self.wrappers = {path for path, names in self.imports.items() if is_wrapper(path, names)}
        self.relative = {source.path for source in sources if relative_depth(source)}
        self.of = {}
        units = self._choose_units(sources)
        for source in sources:
            self.of[source.path] = self._place(source, units.get(self._outermost_package(source.path)))
        self._name_packages(sources)

    def find(self, name, importer):
        place = self.of.get(importer)
        roots = place.roots if place is not None else []
        if place is not None and place.package and name.split(".")[0] == place.package:
            return self._find_under(name[len(place.package) + 1 :] or "__init__", place.root)
        return next((found for root in [*roots, ""] for found in [self._find_under(name, root)] if found), None)

    def is_own(self, first, importer):
        place = self.of.get(importer)
        roots = [*place.roots, ""] if place is not None else [""]
        return any(join(root, first) in self.directories or self._find_under(first, root) for root in roots) or (
            place is not None and place.package == first
        )

    def package_parts(self, path):
        """Names of the package that the file belongs to, outermost first."""
        place = self.of.get(path)
        parts = place.module.split(".") if place is not None else []
        if name_of(path) != "__init__.py" or parts == ["__init__"]:
            parts = parts[:-1]
        return ([place.package] if place is not None and place.package else []) + parts

    def _find_under(self, name, root):
        stem = join(root, name.replace(".", "/"))
        return next((path for path in (stem + ".py", stem + "/__init__.py") if path in self.files), None)

    def _resolve(self, alternatives, root, importer):
        """The file that an import means from a root; None where it only has the name of a library that it wraps."""
        found = next((path for path in (self._find_under(name, root) for name in alternatives) if path), None)
        return None if found == importer or found in self.wrappers else found

    def _outermost_package(self, path):
        """The directory of the outermost package that holds the file, as far as names lead there; None outside of packages."""
        directory, found = parent_of(path), None
        while directory in self.packages and directory and is_name(name_of(directory)):
            found, directory = directory, parent_of(directory)
        return found

    def _choose_units(self, sources):
        """The import root of each outermost package: the directory above it, or the one higher up from which files of the
        repository import it."""
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

    def _place(self, source, unit_root):
        path = source.path
        directory, boundary = parent_of(path), boundary_of(parent_of(path))
        root = self._usual_root(path, unit_root)
        needed = self._needed_roots(path, root)
        if self._outermost_package(path) is None and needed:
            root = min(needed, key=len)
        root = root if is_below(root, boundary) else boundary
        depth = relative_depth(source)
        while root != boundary and count_parts(directory, root) < depth:
            root = parent_of(root)
        place = Place(root, module_name(path, root))
        place.roots = list(dict.fromkeys([root, *needed]))
        place.is_by_file = not is_name(name_of(path)[: -len(".py")])
        if count_parts(directory, root) < depth or place.module == "__init__":
            place.package = sanitize(name_of(root)) if root else ROOT_PACKAGE
        return place

    def _usual_root(self, path, chosen):
        """From where a package is imported, else by convention: `src`, or the project, that the file lies in; else above
        the outermost package."""
        unit = self._outermost_package(path)
        if chosen is not None:
            return chosen
        for directory in ancestors(parent_of(path if unit is None else unit)):
            if name_of(directory) == "src" and directory not in self.packages:
                return directory
            if directory in self.projects and directory not in self.packages:
                return directory
        return "" if unit is None else parent_of(unit)

    def _needed_roots(self, path, usual):
        """Directories above the file from which imports are found that are found from nowhere else; the nearest of each."""
        unit = self._outermost_package(path)
        needed = {}
        for alternatives in self.imports[path]:
            if self._resolve(alternatives, usual, None) or self._resolve(alternatives, "", None):
                continue
            if alternatives[0] in STANDARD_LIBRARY:
                continue  # `import types` means Python's own, whatever lies beside the file
            for directory in ancestors(parent_of(path)):
                if self._resolve(alternatives, directory, path):
                    needed[directory] = None
                    break
        if unit is not None and self._is_of_package(path, unit, usual):
            return [root for root in needed if not is_below(root, unit)]
        return list(needed)

    def _is_of_package(self, path, unit, root):
        """Whether a file imports as a module of its package does, not as a script: then directories within are no roots."""
        if path in self.relative:
            return True
        found = (self._resolve(alternatives, root, path) for alternatives in self.imports[path])
        return any(target is not None and is_below(target, unit) for target in found)

    def _name_packages(self, sources):
        """A package that no directory names is called what the code calls it: `from foo.helper import up`."""
        named = collections.defaultdict(collections.Counter)
        roots = {place.root for place in self.of.values() if place.package}
        for source in sources if roots else ():
            for alternatives in self.imports[source.path]:
                first, _, rest = alternatives[0].partition(".")
                if rest and first not in STANDARD_LIBRARY and not self.is_own(first, source.path):
                    for root in roots & set(ancestors(parent_of(source.path))):
                        found = self._find_under(rest, root)
                        named[root][first] += 1 if found not in (None, source.path) else -len(sources)
        for place in self.of.values():
            for name, count in named[place.root].most_common(1) if place.package else ():
                place.package = name if count > 0 else place.package


def absolute_imports(source):
    for statement in source.imports:
        if isinstance(statement, ast.Import):
            yield from ([alias.name] for alias in statement.names)
        elif not statement.level and statement.module:
            yield [statement.module] + [statement.module + "." + alias.name for alias in statement.names]


def is_wrapper(path, imports):
    """Whether a module imports a library of its own name: who imports that name means the library, too."""
    name = name_of(path)[: -len(".py")] if name_of(path) != "__init__.py" else name_of(parent_of(path))
    return any(alternatives[0].split(".")[0] == name for alternatives in imports) and path != name + "/__init__.py"


def relative_depth(source):
    """How many packages the file must lie in, for the leading dots of its imports."""
    levels = [item.level for item in source.imports if isinstance(item, ast.ImportFrom)]
    return max(levels, default=0)


def boundary_of(directory):
    """The innermost directory whose name is none to import by: module names start below it. "" where there is none."""
    return next((above for above in ancestors(directory) if above and not is_name(name_of(above))), "")


def module_name(path, root):
    inner = path[len(root) + 1 :] if root else path
    parts = inner[: -len(".py")].split("/")
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    return ".".join(part if is_name(part) else sanitize(part) for part in parts)


def is_name(text):
    return text.isidentifier() and not keyword.iskeyword(text)


def sanitize(text):
    name = re.sub(r"\W", "_", text)
    return name if is_name(name) else "_" + name


def ancestors(directory):
    """The directory and all above it, the innermost first; "" is the repository."""
    while directory:
        yield directory
        directory = parent_of(directory)
    yield ""


def parent_of(path):
    return path.rpartition("/")[0]


def name_of(path):
    return path.rpartition("/")[2]


def join(directory, name):
    return directory + "/" + name if directory else name


def is_below(directory, above):
    return not above or directory == above or directory.startswith(above + "/")


def count_parts(directory, above):
    inner = directory[len(above) :].strip("/")
    return inner.count("/") + 1 if inner else 0
