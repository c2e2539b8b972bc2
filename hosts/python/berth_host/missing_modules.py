"""Further modules that an import would have missed after the first: read, not run, from the files that were being imported
and those of the repository that they import."""

import ast
import importlib.util
import os

from . import errors

MAX_FILES = 200
MAX_ENTRIES = 50_000
MAX_FILE_BYTES = 1_000_000


def find_others(error):
    """Names of modules that are neither installed nor in the repository, beside the one that the ModuleNotFoundError names."""
    missing, seen, own = [], {error.name.partition(".")[0]}, list_own_names()
    files = list(dict.fromkeys(reversed(list(files_of(error.__traceback__)))))
    for file in files:  # which grows
        for name, level in imports_of(file):
            first = name.partition(".")[0]
            directory = find_directory(file, first, level)
            if directory is not None:
                found = [one for one in module_files(directory, name) if one not in files]
                files.extend(found[: MAX_FILES - len(files)])
            elif not level and first not in seen:
                seen.add(first)
                if first not in own and not is_installed(first):
                    missing.append(first)
    return missing


def list_own_names():
    """Of modules anywhere in the repository: the code may put their directory on the path before it imports them."""
    names, count = set(), 0
    for place, directories, files in os.walk(errors.code_directory):
        directories[:] = [name for name in directories if not name.startswith(".")]
        modules = [file[:-3] for file in files if file.endswith(".py")]
        names.update(modules, [os.path.basename(place)] if modules else [])
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
    """`(name, leading dots)` of what a file is certain to import: at its top, under no condition and in no `try`."""
    try:
        if os.path.getsize(file) > MAX_FILE_BYTES:
            return
        with open(file, "rb") as source:
            body = ast.parse(source.read()).body
    except (OSError, SyntaxError, ValueError, RecursionError):
        return
    for node in body:
        if isinstance(node, ast.Import):
            for one in node.names:
                yield one.name, 0
        elif isinstance(node, ast.ImportFrom):
            start = node.module + "." if node.module else ""
            for one in node.names:
                yield start + one.name, node.level


def find_directory(file, first, level):
    """The directory of the repository that has the module: without leading dots, the importing file's or one above, since
    each may be on the path in the end. None where it has none."""
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
    """Of a dotted name: its packages and itself, as far as they are files."""
    stem = directory
    for part in name.split("."):
        stem = os.path.join(stem, part)
        yield from filter(os.path.isfile, (stem + ".py", os.path.join(stem, "__init__.py")))


def is_installed(name):
    try:
        return importlib.util.find_spec(name) is not None
    except Exception:  # of a module that is loaded without saying from where, or of a finder of the user's own
        return True
