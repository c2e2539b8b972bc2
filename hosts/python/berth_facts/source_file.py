"""Reads the facts of one file. Drops its syntax tree, because those of a large repository would fill the memory."""

import ast
import os
import warnings

from code_images import find_images
from definitions import find_definitions
from documented_calls import parse_docstrings, parse_readme
from file_reader import Unreadable, read_file
from frameworks import find_frameworks
from models_and_gpu import find_gpu, find_models
from packaging_files import read_setup_cfg, read_setup_py
from statements import every_statement, is_main_guard, module_level

TEXT_LIMIT = 200
README_LIMIT = 200_000
DEFINING = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
SIDE_FILES = {"setup.py", "conftest.py", "noxfile.py", "__main__.py"}

warnings.simplefilter("ignore")  # Invalid escapes in the user's strings must not clutter the output.


class SourceFile:
    """The facts of one file.

    `names` maps imported names to dotted origins, `assigned` maps module-level names to their values. `error` is set if the
    file is not valid Python, `problem` if it could not be read.
    """

    own_names = frozenset()  # names of the repository's modules and packages

    def __init__(self, path):
        self.path = path
        self.text = b""
        self.tree = ast.Module([], [])
        self.statements = []
        self.error = None
        self.problem = None
        self.imports = []
        self.names = {}
        self.relative_names = set()
        self.assigned = {}
        self.defined_names = set()
        self.definitions = []
        self.main_guards = []
        self.doctests = []
        self.blocks = []
        self.frameworks, self.models, self.gpu, self.images = [], [], [], []
        self.setup = None

    def remember_import(self, statement):
        """Records an import. Relative ones are resolved later, when the file's module name is known."""
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            self.imports.append(statement)
        if isinstance(statement, ast.ImportFrom) and not statement.level:
            for alias in statement.names:
                self.names[alias.asname or alias.name] = "%s.%s" % (statement.module, alias.name)
        elif isinstance(statement, ast.ImportFrom):
            self.relative_names.update(alias.asname or alias.name for alias in statement.names)
        elif isinstance(statement, ast.Import):
            for alias in statement.names:
                first = alias.name.split(".")[0]
                self.names[alias.asname or first] = alias.name if alias.asname else first


def read_source(root, path, kind):
    """Reads one file. `kind` is `python`, `readme` (a text that contains Python), or `setup.cfg`."""
    source = SourceFile(path)
    try:
        if kind == "readme":
            parse_readme(source, read_file(root, path, README_LIMIT, is_cut=True).decode("utf-8", "replace"))
        elif kind == "setup.cfg":
            source.setup = read_setup_cfg(path, read_file(root, path).decode("utf-8", "replace"))
        else:
            source.text = read_file(root, path)
            source.tree = ast.parse(source.text, path)
            read_tree(source)
    except SyntaxError as error:
        source.error = describe_error(source, error.lineno, error.msg, error.text)
    except ValueError as error:
        source.error = describe_error(source, 1, str(error), "")
    except Unreadable as error:
        source = SourceFile(path)
        source.problem = str(error)
    except (RecursionError, MemoryError):
        source = SourceFile(path)
        source.problem = "its expressions are nested too deeply"
    except Exception as error:  # A bug in this reader costs one file, not the repository.
        source = SourceFile(path)
        source.problem = "%s: %s" % (type(error).__name__, str(error)[:TEXT_LIMIT])
    source.text, source.tree, source.statements, source.assigned, source.defined_names = b"", None, [], {}, set()
    return source


def read_tree(source):
    source.statements = list(every_statement(source.tree.body))
    for statement in source.statements:
        source.remember_import(statement)
    for statement in module_level(source.tree.body):
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            source.assigned[statement.targets[0].id] = statement.value
        elif isinstance(statement, DEFINING):
            source.defined_names.add(statement.name)
    source.main_guards = [statement for statement in source.tree.body if is_main_guard(statement)]
    source.doctests = list(parse_docstrings(source)) if b">>>" in source.text else []
    source.definitions = find_definitions(source) if is_offered(source.path) else []
    source.frameworks = list(find_frameworks(source))
    source.models = sorted(set(find_models(source)))
    source.gpu = list(find_gpu(source))
    source.images = list(find_images(source))
    source.setup = read_setup_py(source) if source.path == "setup.py" else None


def describe_error(source, line, message, text):
    line = line or 1
    if not text:
        lines = source.text.splitlines()
        text = lines[line - 1].decode("utf-8", "replace") if line <= len(lines) else ""
    return {"file": source.path, "line": line, "message": message, "text": text.strip()[:TEXT_LIMIT]}


def is_offered(path):
    """Whether definitions in the file may be meant for callers."""
    return not is_test(path) and os.path.basename(path) not in SIDE_FILES


def is_test(path):
    *directories, name = path.split("/")
    return (
        name.startswith("test_")
        or name.endswith("_test.py")
        or any(directory in ("test", "tests", "testing") for directory in directories)
    )
