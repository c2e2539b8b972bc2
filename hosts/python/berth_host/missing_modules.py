"""Finds further modules that an import would miss after the first.

Parses, but does not run, the files that were being imported and the files of the repository that these import.
"""

import ast
import importlib.util
import os

from . import errors

MAX_FILES = 200
MAX_ENTRIES = 50_000
MAX_FILE_BYTES = 1_000_000


def find_others(error):
    """Returns modules, other than the one in the error, that are neither installed nor in the repository."""
    missing, seen, own = [], {error.name.partition(".")[0]}, list_own_names()
    files = list(dict.fromkeys(reversed(list(files_of(error.__traceback__)))))
    for file in files:  # the list grows
        for name, level in imports_of(file):
            first = name.partition(".")[0]
            directory = find_directory(file, first, level)
            if directory is not None:
                added = [path for path in module_files(directory, name) if path not in files]
                files.extend(added[: MAX_FILES - len(files)])
            elif not level and first not in seen:
                seen.add(first)
                if first not in own and not is_installed(first):
                    missing.append(first)
    return missing


def list_own_names():
    """Returns the names of all modules in the repository: the code may put any directory on the path before an import."""
    names, count = set(), 0
    for path, directories, files in os.walk(errors.code_directory):
        directories[:] = [name for name in directories if not name.startswith(".")]
        modules = [file[:-3] for file in files if file.endswith(".py")]
        names.update(modules, [os.path.basename(path)] if modules else [])
        count += len(files) + len(directories)
        if count > MAX_ENTRIES:
            break
    return names


def files_of(traceback):
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        if file.startswith(errors.code_directory + os.sep):
            yield file
        traceback = traceback.tb_next


def imports_of(file):
    """Yields `(name, leading dots)` of unconditional imports: at the top level of a file, in no `if` or `try`."""
    try:
        if os.path.getsize(file) > MAX_FILE_BYTES:
            return
        with open(file, "rb") as source:
            body = ast.parse(source.read()).body
    except (OSError, SyntaxError, ValueError, RecursionError):
        return
    for node in body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, 0
        elif isinstance(node, ast.ImportFrom):
            start = node.module + "." if node.module else ""
            for alias in node.names:
                yield start + alias.name, node.level


def find_directory(file, first, level):
    """Returns the directory of the repository that has the module, or None.

    Without leading dots, this is the directory of the importing file or one above: each may be on the path.
    """
    directory = os.path.dirname(file)
    for _ in range(level - 1):
        directory = os.path.dirname(directory)
    while is_inside(directory):
        stem = os.path.join(directory, first)
        if level or os.path.isfile(stem + ".py") or os.path.isdir(stem):
            return directory
        directory = os.path.dirname(directory)
    return None


def is_inside(directory):
    return (directory + os.sep).startswith(errors.code_directory + os.sep)


def module_files(directory, name):
    """Yields the existing files of a dotted name and of its packages."""
    stem = directory
    for part in name.split("."):
        stem = os.path.join(stem, part)
        yield from filter(os.path.isfile, (stem + ".py", os.path.join(stem, "__init__.py")))


def is_installed(name):
    try:
        return importlib.util.find_spec(name) is not None
    except Exception:  # raised for a loaded module without a spec, or by a finder of the user's own
        return True
