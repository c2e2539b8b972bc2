"""Reads and writes 8-bit PNG images with the standard library."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}


def read_png(content):
    """Return width, height and the pixels as (red, green, blue)."""
    if not content.startswith(SIGNATURE):
        raise ValueError("not a PNG image")
    width = height = channels = 0
    data = b""
    for kind, body in chunks(content):
        if kind == b"IHDR":
            width, height, depth, color, _, _, interlaced = struct.unpack(">IIBBBBB", body)
            if depth != 8 or color not in CHANNELS or interlaced:
                raise ValueError("only 8-bit PNG images without palette and interlacing are read")
            channels = CHANNELS[color]
        elif kind == b"IDAT":
            data += body
    return width, height, [color_of(pixel) for pixel in pixels(zlib.decompress(data), width, height, channels)]


def write_png(width, height, colors):
    """Return a PNG of vertical stripes, one for each color."""
    row = b"\0" + b"".join(bytes(colors[x * len(colors) // width]) for x in range(width))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row * height)) + chunk(b"IEND", b"")


def chunks(content):
    position = len(SIGNATURE)
    while position + 8 <= len(content):
        (length,) = struct.unpack_from(">I", content, position)
        yield content[position + 4 : position + 8], content[position + 8 : position + 8 + length]
        position += length + 12


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def pixels(data, width, height, channels):
    stride = width * channels
    above = bytearray(stride)
    for y in range(height):
        start = y * (stride + 1)
        row = unfilter(data[start], bytearray(data[start + 1 : start + 1 + stride]), above, channels)
        yield from (row[x : x + channels] for x in range(0, stride, channels))
        above = row


def unfilter(method, row, above, channels):
    """Undo the PNG filter of one row, which predicts each byte from its left and upper neighbors."""
    for i in range(len(row)):
        left = row[i - channels] if i >= channels else 0
        corner = above[i - channels] if i >= channels else 0
        predicted = (0, left, above[i], (left + above[i]) // 2, paeth(left, above[i], corner))[method]
        row[i] = (row[i] + predicted) % 256
    return row


def paeth(left, up, corner):
    estimate = left + up - corner
    return min((left, up, corner), key=lambda neighbor: abs(estimate - neighbor))


def color_of(pixel):
    return tuple(pixel[:3]) if len(pixel) >= 3 else (pixel[0],) * 3
