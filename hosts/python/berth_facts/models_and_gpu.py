"""Finds the models that the code loads, and evidence that it needs a GPU."""

import ast

LOADERS = {
    "from_pretrained": ("pretrained_model_name_or_path",),
    "hf_hub_download": ("repo_id",),
    "snapshot_download": ("repo_id",),
    "SentenceTransformer": ("model_name_or_path",),
    "CrossEncoder": ("model_name",),
    "YOLO": ("model",),
    "WhisperModel": ("model_size_or_path",),
}
NAMED_ONLY = {"pipeline": "model"}
LOADER_WORDS = tuple(name.encode() for name in (*LOADERS, *NAMED_ONLY))
GPU_WORDS = (b"cuda", b"device_map")


def find_models(source):
    """Yields hub identifiers and file names in calls that load models."""
    if not any(word in source.text for word in LOADER_WORDS):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
            if name in LOADERS:
                yield from first_text(node.args[:1], node.keywords, LOADERS[name])
            elif name in NAMED_ONLY:
                yield from first_text([], node.keywords, (NAMED_ONLY[name],))


def first_text(arguments, keywords, names):
    values = list(arguments) + [keyword.value for keyword in keywords if keyword.arg in names]
    for node in values[:1]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def find_gpu(source):
    """Yields at most one fact per file: the first use of CUDA, and whether the code also works without it."""
    if not any(word in source.text for word in GPU_WORDS):
        return
    uses, is_optional = [], False
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr == "is_available":
            is_optional = True
        use = gpu_use(node)
        if use is not None:
            uses.append((node.lineno, use))
    if uses:
        line, use = min(uses)
        text = "%s:%d: %s" % (source.path, line, use)
        yield {"evidence": text + (" (where it is available)" if is_optional else ""), "isOptional": is_optional}


def gpu_use(node):
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr == "cuda":
            return ".cuda()"
        named = next((keyword for keyword in node.keywords if keyword.arg == "device_map"), None)
        if named is not None and not (isinstance(named.value, ast.Constant) and named.value.value in (None, "cpu")):
            return "device_map=…"
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    if is_text and (node.value == "cuda" or node.value.startswith("cuda:")):
        return '"%s"' % node.value
    return None
