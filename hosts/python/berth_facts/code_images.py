"""Reads the Python version and packages from images that code describes for BentoML or Modal."""

import ast

from expressions import qualified

ROOTS = {
    "bentoml.images.Image": "bentoml",
    "bentoml.images.PythonImage": "bentoml",
    "modal.Image": "modal",
}
PACKAGES = ("python_packages", "pip_install", "uv_pip_install")
FILES = ("requirements_file", "pip_install_from_requirements")
PROJECTS = ("pyproject_toml", "pip_install_from_pyproject")
INDEXES = ("index_url", "extra_index_url", "find_links")


def find_images(source):
    if b"Image" not in source.text or not (b"bentoml" in source.text or b"modal" in source.text):
        return
    inner = set()
    for node in ast.walk(source.tree):  # Outermost first, so the last call of a chain comes first.
        if not isinstance(node, ast.Call) or id(node) in inner:
            continue
        calls = list(chain_of(node))
        inner.update(id(call) for call in calls)
        framework = framework_of(source, calls[-1])
        if framework is not None:
            yield describe(source, node, framework, reversed(calls))


def chain_of(node):
    """Yields the calls of `a(…).b(…).c(…)`, last call first."""
    while isinstance(node, ast.Call):
        yield node
        node = node.func.value if isinstance(node.func, ast.Attribute) else None


def framework_of(source, call):
    """Returns the framework of `Image(…)` or `Image.debian_slim(…)`, the first call of a chain, or None."""
    name = qualified(source, call.func)
    if name is None:
        return None
    return ROOTS.get(name) or ROOTS.get(name.rpartition(".")[0])


def describe(source, node, framework, calls):
    image = {"file": source.path, "line": node.lineno, "framework": framework, "python": None}
    image.update(packages=[], requirements=[], projects=[], options=[])
    for call in calls:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else None
        keywords = {keyword.arg: keyword.value for keyword in call.keywords}
        values = [text for argument in call.args for text in texts_of(argument)]
        image["python"] = next(texts_of(keywords.get("python_version")), image["python"])
        if name in PACKAGES:
            image["packages"].extend(values)
            for option in INDEXES:
                image["options"].extend(
                    "--%s %s" % (option.replace("_", "-"), text) for text in texts_of(keywords.get(option))
                )
        elif name in FILES:
            image["requirements"].extend(values)
        elif name in PROJECTS:
            image["projects"].extend(values)
    return image


def texts_of(node):
    """Yields the strings of a literal or a list of literals."""
    if isinstance(node, (ast.List, ast.Tuple)):
        for item in node.elts:
            yield from texts_of(item)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
