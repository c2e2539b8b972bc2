"""Recognizes placeholders in documented arguments: `"path/to/image.png"`, a URL, `"<your key>"`."""

import os
import re

TEXT_LIMIT = 500  # characters; a longer value is a text
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
    """Marks a call that states no output and has a placeholder as an argument."""
    if "output" in call or "outputText" in call:
        return call
    directories = [root, os.path.dirname(os.path.join(root, call["file"]))]
    named = list((call["input"] or {}).items())
    if any(is_placeholder(value, directories) for value in call["positional"]) or any(
        is_placeholder(value, directories) or (isinstance(value, str) and SECRET.search(name)) for name, value in named
    ):
        return dict(call, isPlaceholder=True)
    return call


def is_placeholder(value, directories, depth=0):
    if isinstance(value, dict):
        return depth < 20 and any(is_placeholder(item, directories, depth + 1) for item in value.values())
    if isinstance(value, list):
        return depth < 20 and any(is_placeholder(item, directories, depth + 1) for item in value)
    if not isinstance(value, str) or len(value) > TEXT_LIMIT:
        return False
    if value.strip() in ("...", "\u2026") or ADDRESS.match(value) or BRACKETED.match(value) or WORDS.search(value):
        return True
    return is_path(value) and not any(exists_within(directory, value) for directory in directories)


def is_path(value):
    """Whether a value looks like a path: parts separated by slashes, or a name with a file extension."""
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


def exists_within(directory, value):
    try:
        return os.path.exists(os.path.join(directory, os.path.expanduser(value)))
    except ValueError:
        return False
