"""Converts bytes to a data URI, with a media type guessed from the first bytes, and back."""

import base64
import binascii
import urllib.parse

SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
)


def data_uri(content, media_type=None):
    content = bytes(content)
    return "data:%s;base64,%s" % (media_type or sniff(content), base64.b64encode(content).decode("ascii"))


def sniff(content):
    if content[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(content[8:12], "application/octet-stream")
    return next((media for start, media in SIGNATURES if content.startswith(start)), "application/octet-stream")


def read_data_uri(text):
    """Returns the content of a data URI, or None if the text is not one. Raises ValueError if it cannot be decoded."""
    if text[:5].lower() != "data:" or "," not in text:
        return None
    head, _, data = text[5:].partition(",")
    if not head.lower().endswith(";base64"):
        return urllib.parse.unquote_to_bytes(data)
    try:
        return base64.b64decode(urllib.parse.unquote(data), validate=True)
    except binascii.Error as error:
        raise ValueError("is a data URI whose base64 cannot be read: %s" % error) from None
