"""One file: from bytes to what it says by itself. The syntax tree is let go: a big repository's would fill the memory."""

import ast
import multiprocessing
import os
import warnings

from definitions import find_definitions
from frameworks import find_frameworks
from packaging_files import read_setup_py
from resources import find_gpu, find_models
from statements import every_statement, is_main_guard

TEXT_LIMIT = 200
SIDE_FILES = {"setup.py", "conftest.py", "noxfile.py", "__main__.py"}
DOCUMENTED = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
PARALLEL_FROM = 400

warnings.simplefilter("ignore")  # Invalid escapes in the user's strings are the user's business.


class Source:
    """What one file says. `names` maps its imported names to dotted origins; `error` is set if it cannot be parsed."""

    def __init__(self, path):
        self.path = path
        self.text = b""
        self.tree = ast.Module([], [])
        self.statements = []
        self.error = None
        self.imports = []
        self.names = {}
        self.definitions = []
        self.main_guards = []
        self.doctests = []
        self.frameworks, self.models, self.gpu = [], [], []
        self.setup = None

    def remember_import(self, statement):
        """Absolute imports at once; relative ones are resolved when the file's own module name is known."""
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            self.imports.append(statement)
        if isinstance(statement, ast.ImportFrom) and not statement.level:
            for alias in statement.names:
                self.names[alias.asname or alias.name] = "%s.%s" % (statement.module, alias.name)
        elif isinstance(statement, ast.Import):
            for alias in statement.names:
                first = alias.name.split(".")[0]
                self.names[alias.asname or first] = alias.name if alias.asname else first


def read_sources(root, paths):
    jobs = [(root, path) for path in paths]
    workers = min(4, os.cpu_count() or 1)
    if len(jobs) < PARALLEL_FROM or workers == 1 or "fork" not in multiprocessing.get_all_start_methods():
        return [read_source(job) for job in jobs]
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        return pool.map(read_source, jobs, chunksize=25)


def read_source(job):
    root, path = job
    source = Source(path)
    try:
        with open(os.path.join(root, path), "rb") as file:
            source.text = file.read()
        source.tree = ast.parse(source.text, path)
    except SyntaxError as error:
        source.error = describe_error(source, error.lineno, error.msg, error.text)
    except (ValueError, RecursionError, MemoryError) as error:
        source.error = describe_error(source, 1, str(error) or type(error).__name__, "")
    except OSError as error:
        source.error = describe_error(source, 1, "cannot be read: %s" % error.strerror, "")
    else:
        read_tree(source)
    source.text, source.tree, source.statements = b"", None, []
    return source


def read_tree(source):
    source.statements = list(every_statement(source.tree.body))
    for statement in source.statements:
        source.remember_import(statement)
    source.main_guards = [statement for statement in source.tree.body if is_main_guard(statement)]
    source.doctests = list(find_docstrings(source)) if b">>>" in source.text else []
    source.definitions = find_definitions(source) if is_offered(source.path) else []
    source.frameworks = list(find_frameworks(source))
    source.models = sorted(set(find_models(source)))
    source.gpu = list(find_gpu(source))
    source.setup = read_setup_py(source) if source.path == "setup.py" else None


def find_docstrings(source):
    for node in [source.tree, *source.statements]:
        if isinstance(node, (ast.Module,) + DOCUMENTED) and node.body:
            docstring = ast.get_docstring(node) or ""
            if ">>>" in docstring:
                yield node.body[0].lineno, docstring


def describe_error(source, line, message, text):
    line = line or 1
    if not text:
        lines = source.text.splitlines()
        text = lines[line - 1].decode("utf-8", "replace") if line <= len(lines) else ""
    return {"file": source.path, "line": line, "message": message, "text": text.strip()[:TEXT_LIMIT]}


def is_offered(path):
    """Whether what the file defines may be meant to be called from outside."""
    return not is_test(path) and os.path.basename(path) not in SIDE_FILES


def is_test(path):
    *directories, name = path.split("/")
    return (
        name.startswith("test_")
        or name.endswith("_test.py")
        or any(directory in ("test", "tests", "testing") for directory in directories)
    )
