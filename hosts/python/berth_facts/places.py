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

    def _resolves(self, alternatives, root):
        return any(self._find_under(name, root) for name in alternatives)

    def _outermost_package(self, path):
        """The directory of the outermost package that holds the file, as far as names lead there; None outside of packages."""
        directory, found = parent_of(path), None
        while directory in self.packages and directory and is_name(name_of(directory)):
            found, directory = directory, parent_of(directory)
        return found

    def _choose_units(self, sources):
        """The import root of each outermost package: the directory above it, or the one higher up that its files' imports
        are written from."""
        votes = collections.defaultdict(collections.Counter)
        for source in sources:
            unit = self._outermost_package(source.path)
            for alternatives in self.imports[source.path] if unit is not None else ():
                for root in [above for above in ancestors(parent_of(unit)) if is_below(unit, above)]:
                    if self._resolves(alternatives, root) and self._leads_into(alternatives, root, unit):
                        votes[unit][root] += 1
        chosen = {}
        for unit, counter in votes.items():
            usual = parent_of(unit)
            best = max(counter, key=lambda root: (counter[root], root == usual))
            chosen[unit] = usual if counter[usual] else best
        return chosen

    def _leads_into(self, alternatives, root, unit):
        """Whether what is imported lies in the package itself: only that says how it is called."""
        found = next((path for path in (self._find_under(name, root) for name in alternatives) if path), "")
        return found.startswith(unit + "/")

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

    def _usual_root(self, path, unit_root):
        """By convention: above the outermost package; else `src`, or the project, that the file lies in."""
        unit = self._outermost_package(path)
        if unit is not None:
            return parent_of(unit) if unit_root is None else unit_root
        for directory in ancestors(parent_of(path)):
            if name_of(directory) == "src" and directory not in self.packages:
                return directory
            if directory in self.projects:
                return directory
        return ""

    def _needed_roots(self, path, usual):
        """Directories above the file from which imports are found that are found from nowhere else; the nearest of each."""
        needed = {}
        for alternatives in self.imports[path]:
            if self._resolves(alternatives, usual) or self._resolves(alternatives, ""):
                continue
            if alternatives[0] in STANDARD_LIBRARY:
                continue  # `import types` means Python's own, whatever lies beside the file
            for directory in ancestors(parent_of(path)):
                if self._resolves(alternatives, directory):
                    needed[directory] = None
                    break
        return list(needed)

    def _name_packages(self, sources):
        """A package that no directory names is called what the code calls it: `from foo.helper import up`."""
        named = collections.defaultdict(collections.Counter)
        roots = {place.root for place in self.of.values() if place.package}
        for source in sources if roots else ():
            for alternatives in self.imports[source.path]:
                first, _, rest = alternatives[0].partition(".")
                if rest and first not in STANDARD_LIBRARY and not self.is_own(first, source.path):
                    for root in roots & set(ancestors(parent_of(source.path))):
                        named[root][first] += bool(self._find_under(rest, root))
        for place in self.of.values():
            [(name, count)] = named[place.root].most_common(1) if place.package and named[place.root] else [(None, 0)]
            if count:
                place.package = name


def absolute_imports(source):
    for statement in source.imports:
        if isinstance(statement, ast.Import):
            yield from ([alias.name] for alias in statement.names)
        elif not statement.level and statement.module:
            yield [statement.module] + [statement.module + "." + alias.name for alias in statement.names]




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
