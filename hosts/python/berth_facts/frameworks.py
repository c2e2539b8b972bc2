"""Frameworks that the code is written for, each with the line that shows it."""

import ast

from expressions import call_target, qualified, source_of
from statements import module_level

MADE_BY_CALL = {
    "modal.App": "modal",
    "modal.Stub": "modal",
    "fastapi.FastAPI": "fastapi",
    "flask.Flask": "flask",
    "bentoml.Service": "bentoml",
    "langgraph.prebuilt.create_react_agent": "langgraph",
    "langchain.agents.create_agent": "langgraph",
}
MADE_BY_DECORATOR = {"bentoml.service": "bentoml", "langgraph.func.entrypoint": "langgraph"}
MADE_BY_BASE = {"cog.BasePredictor": "cog", "cog.BaseRunner": "cog"}
MODAL_WEB = ("fastapi_endpoint", "web_endpoint", "asgi_app", "wsgi_app", "web_server")
GRAPHS = ("langgraph.graph.StateGraph", "langgraph.graph.MessageGraph", "langgraph.graph.state.StateGraph")
WORDS = (b"modal", b"fastapi", b"flask", b"bentoml", b"langgraph", b"langchain", b"cog")


def find_frameworks(source):
    if not any(word in source.text for word in WORDS):
        return
    yield from find_applications(source)
    yield from find_marked(source)
    yield from find_modal_functions(source)
    yield from find_graphs(source)


def find_applications(source):
    """Applications that are made by a call, at module level or in a factory function."""
    for statement in source.statements:
        value = getattr(statement, "value", None)
        if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Return)) and isinstance(value, ast.Call):
            framework = MADE_BY_CALL.get(qualified(source, value.func))
            if framework:
                yield fact(source, statement, framework, "%s = %s(…)" % (target_of(statement), source_of(value.func)))


def find_marked(source):
    for statement in source.statements:
        for item in getattr(statement, "decorator_list", ()):
            framework = MADE_BY_DECORATOR.get(qualified(source, call_target(item)))
            if framework:
                yield fact(source, statement, framework, "@%s %s" % (source_of(call_target(item)), statement.name))
        for base in getattr(statement, "bases", ()):
            framework = MADE_BY_BASE.get(qualified(source, base))
            if framework:
                yield fact(source, statement, framework, "class %s(%s)" % (statement.name, source_of(base)))


def find_modal_functions(source):
    """What a Modal app offers: `@app.function predict`, `@app.function page (fastapi_endpoint)`, `@app.cls Model: run`."""
    if not any(origin.split(".")[0] == "modal" for origin in source.names.values()):
        return
    for statement in source.statements:
        for item in getattr(statement, "decorator_list", ()):
            target = call_target(item)
            if not isinstance(target, ast.Attribute) or not isinstance(target.value, ast.Name):
                continue
            if target.attr == "function":
                web = [mark for mark in modal_marks(source, statement) if mark in MODAL_WEB]
                shown = statement.name + "".join(" (%s)" % mark for mark in web[:1])
            elif target.attr == "cls" and isinstance(statement, ast.ClassDef):
                methods = [part.name for part in statement.body if "method" in modal_marks(source, part)]
                shown = "%s: %s" % (statement.name, ", ".join(methods))
            else:
                continue
            yield fact(source, statement, "modal", "@%s %s" % (source_of(target), shown))


def modal_marks(source, statement):
    """Names of Modal's own decorators on it, without `modal.`."""
    names = [qualified(source, call_target(item)) or "" for item in getattr(statement, "decorator_list", ())]
    return [name[len("modal.") :] for name in names if name.startswith("modal.")]


def find_graphs(source):
    """Module-level names that hold a compiled graph."""
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
    """A graph under construction: the constructor, a name that holds one, or a chain of calls on one."""
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
