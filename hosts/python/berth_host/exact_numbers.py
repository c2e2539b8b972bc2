"""Numbers with a point or an exponent as they were written, for code that takes a `Decimal` or a `Fraction`."""


class WrittenFloat(float):
    """A float whose `str` is the text that it was read from. pydantic, too, makes a `Decimal` from `str`."""

    __slots__ = ("text",)

    def __new__(cls, text):
        self = super().__new__(cls, text)
        self.text = text
        return self

    def __str__(self):
        return self.text

    def __reduce__(self):
        return float, (float(self),)


def as_written(number, text):
    """Returns a float with its text; a plain float if Python writes it identically."""
    return number if repr(number) == text else WrittenFloat(text)


def as_floats(value):
    """Replaces each WrittenFloat in a JSON value by a plain float, for code that does not need them."""
    if type(value) is WrittenFloat:
        return float(value)
    if type(value) is list:
        return [as_floats(item) for item in value]
    if type(value) is dict:
        return {name: as_floats(item) for name, item in value.items()}
    return value
