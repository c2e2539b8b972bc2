"""Converts a PIL image to a data URI: PNG, or TIFF if PNG would lose values."""

import io
import sys

from .data_uri import data_uri

#: Modes that PNG lacks → the mode to convert to.
PNG_MODES = {"CMYK": "RGB", "YCbCr": "RGB", "LAB": "RGB", "HSV": "RGB", "I": "I;16"}
MAX_PNG_VALUE = 65_535


def image_converter(value):
    image = sys.modules.get("PIL.Image")
    return image_uri if image is not None and isinstance(value, image.Image) else None


def image_uri(image):
    buffer = io.BytesIO()
    if image.mode == "F" or image.mode == "I" and not fits_png(image):
        image.save(buffer, format="TIFF")
        return data_uri(buffer.getvalue(), "image/tiff")
    converted = image.convert(PNG_MODES[image.mode]) if image.mode in PNG_MODES else image
    options = {"save_all": True} if getattr(image, "n_frames", 1) > 1 else {}
    converted.save(buffer, format="PNG", **options)
    return data_uri(buffer.getvalue(), "image/png")


def fits_png(image):
    lowest, highest = image.getextrema()
    return lowest >= 0 and highest <= MAX_PNG_VALUE
