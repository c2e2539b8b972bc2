"""Finds the frameworks that the code is written for, each with a line as evidence."""

import ast

from expressions import call_target, qualified, source_of
from signatures import FUNCTIONS, is_generator
from statements import module_level

APPLICATION_CALLS = {
    "modal.App": "modal",
    "modal.Stub": "modal",
    "fastapi.FastAPI": "fastapi",
    "flask.Flask": "flask",
    "bentoml.Service": "bentoml",
    "langgraph.prebuilt.create_react_agent": "langgraph",
    "langchain.agents.create_agent": "langgraph",
}
APPLICATION_DECORATORS = {"bentoml.service": "bentoml", "langgraph.func.entrypoint": "langgraph"}
APPLICATION_BASES = {"cog.BasePredictor": "cog", "cog.BaseRunner": "cog"}
MODAL_WEB = ("fastapi_endpoint", "web_endpoint", "asgi_app", "wsgi_app", "web_server")
GRAPHS = ("langgraph.graph.StateGraph", "langgraph.graph.MessageGraph", "langgraph.graph.state.StateGraph")
WORDS = (b"modal", b"fastapi", b"flask", b"bentoml", b"langgraph", b"langchain", b"cog")


def find_frameworks(source):
    if not any(word in source.text for word in WORDS):
        return
    yield from find_applications(source)
    yield from find_decorated(source)
    yield from find_modal_functions(source)
    yield from find_graphs(source)


def find_applications(source):
    """Finds applications that a call creates, at module level or in a factory function.

    A graph that a function only uses does not count.
    """
    at_top = {id(statement) for statement in module_level(source.tree.body)}
    for statement in source.statements:
        value = getattr(statement, "value", None)
        if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Return)) and isinstance(value, ast.Call):
            framework = APPLICATION_CALLS.get(qualified(source, value.func))
            is_used = framework == "langgraph" and not isinstance(statement, ast.Return) and id(statement) not in at_top
            if framework and not is_used:
                yield fact(source, statement, framework, "%s = %s(…)" % (target_of(statement), source_of(value.func)))


def find_decorated(source):
    for statement in source.statements:
        for item in getattr(statement, "decorator_list", ()):
            framework = APPLICATION_DECORATORS.get(qualified(source, call_target(item)))
            if framework:
                yield fact(source, statement, framework, "@%s %s" % (source_of(call_target(item)), statement.name))
        for base in getattr(statement, "bases", ()):
            framework = APPLICATION_BASES.get(qualified(source, base))
            if framework:
                yield fact(source, statement, framework, "class %s(%s)" % (statement.name, source_of(base)))


def find_modal_functions(source):
    """Finds the functions of a Modal app, with what a caller must know: `@app.function page (fastapi_endpoint POST)`."""
    if not any(origin.split(".")[0] == "modal" for origin in source.names.values()):
        return
    for statement in source.statements:
        for item in getattr(statement, "decorator_list", ()):
            target = call_target(item)
            if not isinstance(target, ast.Attribute) or not isinstance(target.value, ast.Name):
                continue
            if target.attr in ("function", "local_entrypoint") and isinstance(statement, FUNCTIONS):
                text = with_marks(statement.name, [*name_marks(item), *modal_marks(source, statement, item)])
            elif target.attr == "cls" and isinstance(statement, ast.ClassDef):
                text = describe_modal_class(source, statement, item)
            else:
                continue
            yield fact(source, statement, "modal", "@%s %s" % (source_of(target), text))


def describe_modal_class(source, statement, decorator):
    """Returns the parameters and callable methods of a class: `Model(name, size=): run, stream (generator)`."""
    parameters = []
    for part in statement.body:
        if isinstance(part, ast.AnnAssign) and is_modal(source, part.value, "parameter"):
            keywords = keywords_of(part.value)
            if getattr(keywords.get("init"), "value", True):
                parameters.append(part.target.id + ("=" if "default" in keywords else ""))
    methods = []
    for part in statement.body:
        if isinstance(part, FUNCTIONS):
            marks = modal_marks(source, part, decorator)
            if any(is_modal(source, item, "method") for item in part.decorator_list) or is_web(marks):
                methods.append(with_marks(part.name, marks))
    brackets = "(%s)" % ", ".join(parameters) if parameters else ""
    return "%s%s: %s" % (statement.name, brackets, ", ".join(methods))


def modal_marks(source, function, decorator):
    """Returns `fastapi_endpoint POST`, `requires_proxy_auth`, and `generator` with its image, as they apply."""
    marks = []
    for item in function.decorator_list:
        kind = next((name for name in MODAL_WEB if is_modal(source, item, name)), None)
        if kind is not None:
            keywords = keywords_of(item)
            method = getattr(keywords.get("method"), "value", None)
            marks.append("%s %s" % (kind, method) if isinstance(method, str) else kind)
            if getattr(keywords.get("requires_proxy_auth"), "value", None) is True:
                marks.append("requires_proxy_auth")
    if b"yield" in source.text and is_generator(function):
        marks.append("generator")
        image = keywords_of(decorator).get("image") or default_image(source, call_target(decorator).value.id)
        if isinstance(image, ast.Name):
            marks.append("image=%s" % image.id)
    return marks


def default_image(source, app):
    """Returns the image that the app gives to functions without a separate image."""
    for statement in source.statements:
        if isinstance(statement, ast.Assign) and target_of(statement) == app and isinstance(statement.value, ast.Call):
            return keywords_of(statement.value).get("image")
    return None


def name_marks(decorator):
    """Yields the function's name in Modal if it differs."""
    name = getattr(keywords_of(decorator).get("name"), "value", None)
    if isinstance(name, str):
        yield "name=%s" % name


def keywords_of(node):
    return {keyword.arg: keyword.value for keyword in getattr(node, "keywords", ())}


def is_modal(source, node, name):
    return node is not None and qualified(source, call_target(node)) == "modal." + name


def is_web(marks):
    return any(mark.split()[0] in MODAL_WEB for mark in marks)


def with_marks(name, marks):
    return "%s (%s)" % (name, ", ".join(marks)) if marks else name


def find_graphs(source):
    """Finds module-level names that hold a compiled graph."""
    graphs = set()
    for statement in module_level(source.tree.body):
        value = getattr(statement, "value", None)
        if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or not isinstance(value, ast.Call):
            continue
        if is_graph(source, value, graphs):
            graphs.add(target_of(statement))
        elif isinstance(value.func, ast.Attribute) and value.func.attr == "compile":
            if is_graph(source, value.func.value, graphs):
                yield fact(source, statement, "langgraph", "%s = StateGraph(…).compile()" % target_of(statement))


def is_graph(source, node, graphs):
    """Whether a node is an uncompiled graph: the constructor, a name assigned to one, or a chain of calls on one."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr != "compile":
        if qualified(source, node.func) in GRAPHS:
            return True
        node = node.func.value
    if isinstance(node, ast.Call):
        return qualified(source, node.func) in GRAPHS
    return isinstance(node, ast.Name) and node.id in graphs


def target_of(statement):
    if isinstance(statement, ast.Return):
        return "return"
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    return source_of(target)


def fact(source, statement, framework, text):
    return {"name": framework, "evidence": "%s:%d: %s" % (source.path, statement.lineno, text)}
