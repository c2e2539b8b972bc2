"""Arguments in documentation that stand for the reader's own: `"path/to/image.png"`, a URL, `"<your key>"`."""

import os
import re

TEXT_LIMIT = 500  # characters; what is longer is a text
WORDS = re.compile(
    r"\byour\b|\byour[-_]|path[/_ -]to|^x{3,}$|x{4,}|\bTODO\b|\bREPLACE[_ ]?ME\b|^(sk|hf|pk|gsk)[-_]", re.IGNORECASE
)
BRACKETED = re.compile(r"^\s*(<[^<>]+>|\{[^{}\s]+\}|\[[A-Za-z][^\[\]]*\])\s*$")
ADDRESS = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]{0,20}://")
EXTENSION = re.compile(r"^[^\s/\\]*[^\s/\\.]\.([A-Za-z][A-Za-z0-9]{1,11})$")
SECRET = re.compile(r"(^|_)(api_?key|token|secret|password|passwd|credentials?)$", re.IGNORECASE)
FILE_KINDS = frozenset(
    "png jpg jpeg gif bmp webp tif tiff svg ico heic wav mp3 flac ogg m4a aac opus mp4 avi mov mkv webm pdf doc docx ppt "
    "pptx xls xlsx csv tsv json jsonl ndjson yaml yml toml ini cfg txt md rst html htm xml zip gz tgz bz2 xz tar 7z parquet "
    "feather npy npz pt pth ckpt bin safetensors onnx gguf pkl pickle joblib h5 hdf5 mat nc obj ply stl glb las dcm nii fasta "
    "fastq fa fq vcf bam bed pdb cif sdf mol log db sqlite py ipynb".split()
)


def mark_placeholder(root, call):
    """The call; one that states no output and has such an argument is marked."""
    if "output" in call or "outputText" in call:
        return call
    places = [root, os.path.dirname(os.path.join(root, call["file"]))]
    named = list((call["input"] or {}).items())
    if any(is_placeholder(value, places) for value in call["positional"]) or any(
        is_placeholder(value, places) or (isinstance(value, str) and SECRET.search(name)) for name, value in named
    ):
        return dict(call, isPlaceholder=True)
    return call


def is_placeholder(value, places, depth=0):
    if isinstance(value, dict):
        return depth < 20 and any(is_placeholder(item, places, depth + 1) for item in value.values())
    if isinstance(value, list):
        return depth < 20 and any(is_placeholder(item, places, depth + 1) for item in value)
    if not isinstance(value, str) or len(value) > TEXT_LIMIT:
        return False
    if value.strip() in ("...", "\u2026") or ADDRESS.match(value) or BRACKETED.match(value) or WORDS.search(value):
        return True
    return is_path(value) and not any(exists_within(place, value) for place in places)


def is_path(value):
    """Whether it reads as a path: parts with a slash between them, or a name with an extension of a file."""
    if any(space in value for space in " \t\n"):
        return False
    extension = EXTENSION.match(value.replace("\\", "/").rsplit("/", 1)[-1])
    if extension is not None and extension.group(1).lower() in FILE_KINDS:
        return True
    parts = value.split("/")
    return (
        len(parts) > 1
        and len(value) > 3
        and any(character.isalpha() for character in value)
        and value.startswith(("/", "./", "../", "~/"))
    )


def exists_within(place, value):
    try:
        return os.path.exists(os.path.join(place, os.path.expanduser(value)))
    except ValueError:
        return False
