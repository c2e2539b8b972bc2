"""The whole repository: read every file by itself, then join what the files say about each other."""

from calls import read_calls
from definitions import Definitions
from documents import find_readme_calls, read_doctest
from modules import Modules
from packaging_files import read_setup_cfg
from source import is_test, read_sources


def read_repository(request):
    root = request["root"]
    sources = read_sources(root, request["files"])
    modules = Modules(request["files"], sources)
    definitions = Definitions(sources, modules)
    calls = [call for source in sources for call in find_calls(source, definitions)]
    if request.get("readme"):
        calls += find_readme_calls(root, request["readme"], definitions)
    return {
        "entryPoints": definitions.offered(),
        "documentedCalls": calls,
        "frameworks": [fact for source in sources if not is_test(source.path) for fact in source.frameworks],
        "models": sorted({model for source in sources for model in source.models}),
        "gpu": [fact for source in sources if not is_test(source.path) for fact in source.gpu],
        "syntaxErrors": [source.error for source in sources if source.error is not None],
        "imports": modules.first_party(),
        "thirdParty": modules.third_party(),
        "setup": read_setup(root, request, sources),
    }


def find_calls(source, definitions):
    """Calls under `if __name__ == "__main__"` and in doctests."""
    for guard in source.main_guards:
        yield from read_calls(source, guard.body, definitions, "main")
    for line, docstring in source.doctests:
        yield from read_doctest(source, docstring, definitions, line, "doctest")


def read_setup(root, request, sources):
    found = [source.setup for source in sources if source.setup is not None]
    if request.get("setupCfg"):
        found.append(read_setup_cfg(root, request["setupCfg"]))
    return found
