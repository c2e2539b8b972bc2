"""Describes the colors of a picture in words, as a Cog predictor: see cog.yaml."""

import os
import tempfile
from collections import Counter
from typing import List, Optional

from cog import BaseModel, BasePredictor, Input, Path

from png import read_png, write_png

COLORS = {
    "black": (20, 20, 20),
    "grey": (128, 128, 128),
    "white": (240, 240, 240),
    "red": (200, 40, 40),
    "orange": (240, 140, 30),
    "yellow": (240, 220, 60),
    "green": (50, 150, 60),
    "teal": (40, 160, 160),
    "blue": (50, 90, 200),
    "purple": (130, 60, 170),
    "pink": (240, 150, 190),
    "brown": (120, 80, 50),
}


class Output(BaseModel):
    caption: str
    width: int
    height: int
    colours: List[str]
    swatch: Optional[Path]


class Captioner(BasePredictor):
    def setup(self) -> None:
        self.largest_side = int(os.environ["CAPTIONER_LARGEST_SIDE"])

    def predict(
        self,
        image: Path = Input(description="A PNG picture"),
        colours: int = Input(description="Number of colors to name", default=3, ge=1, le=6),
        style: str = Input(description="Form of the caption", default="sentence", choices=["sentence", "tags"]),
        swatch: bool = Input(description="Also paint the colors", default=False),
    ) -> Output:
        width, height, pixels = read_png(image.read_bytes())
        if max(width, height) > self.largest_side:
            raise ValueError(f"the picture is {width} × {height}: at most {self.largest_side} on a side are read")
        names = [name for name, _ in Counter(map(nearest, pixels)).most_common(colours)]
        return Output(
            caption=describe(names, width, height, style),
            width=width,
            height=height,
            colours=names,
            swatch=paint(names) if swatch else None,
        )


def nearest(pixel):
    return min(COLORS, key=lambda name: sum((a - b) ** 2 for a, b in zip(pixel, COLORS[name])))


def describe(names, width, height, style):
    shape = "square" if width == height else "wide" if width > height else "tall"
    if style == "tags":
        return ", ".join([shape, *names])
    others = f", with {' and '.join(names[1:])}" if len(names) > 1 else ""
    return f"A {shape} picture, mostly {names[0]}{others}."


def paint(names):
    path = Path(tempfile.mkdtemp()) / "swatch.png"
    path.write_bytes(write_png(16 * len(names), 16, [COLORS[name] for name in names]))
    return path
