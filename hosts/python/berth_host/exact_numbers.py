"""Numbers with a point or an exponent as they were written, for code that takes a `Decimal` or a `Fraction`."""


class WrittenFloat(float):
    """A float whose `str` is the text that it was read from: pydantic, too, makes a `Decimal` of that."""

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
    """A float of that text; one that Python writes just so stays what it is."""
    return number if repr(number) == text else WrittenFloat(text)


def as_floats(value):
    """A JSON value without such numbers, for code that did not ask for them."""
    if type(value) is WrittenFloat:
        return float(value)
    if type(value) is list:
        return [as_floats(item) for item in value]
    if type(value) is dict:
        return {name: as_floats(item) for name, item in value.items()}
    return value
