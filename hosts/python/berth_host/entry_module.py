"""Imports the entry's module: by its name if that leads to its file, otherwise by the file."""

import importlib
import importlib.util
import os
import sys

from . import errors, pickled_classes, revision_imports
from .import_timeout import limit_import
from .shadowed_modules import PREFIX, standard_names


class NoSuchModule(Exception):
    """Neither the revision nor the environment has a module with the entry's name."""


class ImportFailed(Exception):
    """The module raised `error` while it was imported."""

    def __init__(self, error):
        super().__init__(errors.safe_text(error))
        self.error = error


def import_entry(interface):
    """Imports and returns the module. Raises ImportFailed and NoSuchModule.

    If another module is missing, the nearest directory above the file that has it is put on the path, because the author ran
    the code there.
    """
    name, file = interface["module"], find_file(interface)
    sys.argv = [file or name]  # code that parses its arguments on import sees none
    pickled_classes.install(interface)
    with limit_import():
        while True:
            try:
                return import_once(interface, name, file)
            except NoSuchModule:
                raise
            except BaseException as error:
                directory = find_directory_with(error, file)
                if directory is None:
                    raise ImportFailed(error) from error
                sys.path.append(directory)


def import_once(interface, name, file):
    package = interface.get("package")
    full = qualify(name, package)
    if interface.get("file"):
        if package:
            importlib.import_module(package["name"])
        return alias_module(name, load_file(full, file))
    if package:
        return alias_module(name, importlib.import_module(full))
    if file is not None and name.partition(".")[0] in standard_names():
        return importlib.import_module(PREFIX + "." + name)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not (name + ".").startswith(error.name + "."):
            raise
        raise NoSuchModule(str(error)) from error


def qualify(name, package):
    """Returns the full name of a module that is named relative to the package."""
    if not package:
        return name
    return package["name"] if name == "__init__" else package["name"] + "." + name


def alias_module(name, module):
    """Makes the module available under its plain name, too."""
    sys.modules.setdefault(name, module)
    return module


def find_file(interface):
    """Returns the module's file relative to the revision, or None if only an installed module can have the name."""
    if interface.get("file"):
        return interface["file"]
    stem = interface["module"].replace(".", os.sep)
    for path in interface.get("paths") or ["."]:
        for suffix in (".py", os.sep + "__init__.py"):
            file = os.path.normpath(os.path.join(path, stem + suffix))
            if os.path.isfile(os.path.join(errors.code_directory, file)):
                return file
    return None


def load_file(name, file):
    path = os.path.join(errors.code_directory, file)
    loader = revision_imports.loader(name, path)
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return sys.modules.get(name, module)


def find_directory_with(error, file):
    """Returns the nearest directory from the entry's file up to the revision that has the missing module, or None."""
    missing = error.name if isinstance(error, ModuleNotFoundError) else None
    directory = os.path.dirname(file) if file else ""
    while missing and directory:
        path = os.path.join(errors.code_directory, directory)
        stem = os.path.join(path, missing.partition(".")[0])
        if path not in sys.path and (os.path.isdir(stem) or os.path.isfile(stem + ".py")):
            return path
        directory = os.path.dirname(directory)
    return None
