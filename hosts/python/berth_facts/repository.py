"""Reads the repository: parses every file separately, then resolves the references between files."""

import time

from definition_index import Definitions
from documented_calls import find_doctest_calls, find_readme_calls
from literal_calls import read_calls
from modules import Modules
from notes import describe_unread, limit_count, limit_size
from parallel_reader import read_sources
from placeholders import mark_placeholder
from source_file import SourceFile, is_test

DECLARING_LIBRARIES = frozenset("cog fastapi pydantic typer modal bentoml click gradio dspy".split())
MAX_BYTES = 2_000_000  # bytes of JSON; parsing it blocks the reader
READING_SHARE = 0.8  # of the time; resolving takes the rest


def read_repository(request):
    root, seconds = request["root"], request["seconds"]
    deadline = time.monotonic() + seconds
    texts = [
        (request[name], kind) for name, kind in (("readme", "readme"), ("setupCfg", "setup.cfg")) if request.get(name)
    ]
    SourceFile.own_names = own_names(request["files"])
    found = read_sources(root, texts + [(path, "python") for path in request["files"]], seconds * READING_SHARE)
    notes = describe_unread(found, seconds)
    documents, sources = found[: len(texts)], found[len(texts) :]
    modules = Modules(request["files"], request["projects"], sources)
    definitions = Definitions(sources, modules)
    calls = find_calls(sources, documents, definitions, deadline)
    own = [source for source in sources if not is_test(source.path)]
    entry_points = definitions.as_facts(limit_count(definitions.list_offers(), 2000, "callables", notes))
    marked = [mark_placeholder(root, call) for call in limit_count(calls, 500, "documented calls", notes)]
    return {
        "entryPoints": sorted(limit_size(entry_points, MAX_BYTES, "callables", notes), key=position),
        "documentedCalls": limit_size(marked, MAX_BYTES // 4, "documented calls", notes),
        "frameworks": limit_count(
            (fact for source in own for fact in source.frameworks), 1000, "uses of frameworks", notes
        ),
        "models": limit_count(sorted({model for source in sources for model in source.models}), 500, "models", notes),
        "gpu": limit_count((fact for source in own for fact in source.gpu), 200, "uses of a GPU", notes),
        "images": limit_count((image for source in own for image in source.images), 50, "images", notes),
        "syntaxErrors": limit_count((source.error for source in sources if source.error), 500, "syntax errors", notes),
        "imports": dict(limit_count(modules.list_first_party().items(), 5000, "files with imports", notes)),
        "thirdParty": limit_count(modules.list_third_party(), 2000, "imported packages", notes),
        "setup": [source.setup for source in sources + documents if source.setup is not None],
        "notes": notes,
    }


def position(entry_point):
    return entry_point["file"], entry_point["line"], entry_point["module"]


def own_names(files):
    """Returns the names of the repository's modules, except those of libraries whose calls declare parameters."""
    return frozenset(part for path in files for part in path[: -len(".py")].split("/")) - DECLARING_LIBRARIES


def find_calls(sources, documents, definitions, deadline):
    """Yields calls in main guards, in doctests, and in the README, as far as time allows."""
    for source in sources:
        if time.monotonic() > deadline:
            return
        for guard in source.main_guards:
            yield from read_calls(source, guard.body, definitions, "main")
        for line, examples in source.doctests:
            yield from find_doctest_calls(source, line, examples, definitions, "doctest")
    for document in documents:
        yield from find_readme_calls(document, definitions)
