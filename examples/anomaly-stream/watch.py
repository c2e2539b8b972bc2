"""Reads one number per line and prints those that differ strongly from the numbers before them.

    python watch.py < readings.txt
"""

import math
import sys


class RunningMoments:
    """Mean and variance of a stream, one value at a time (Welford, 1962)."""

    def __init__(self):
        self.count = 0
        self.mean = 0.0
        self.squares = 0.0

    def add(self, value):
        self.count += 1
        delta = value - self.mean
        self.mean += delta / self.count
        self.squares += delta * (value - self.mean)

    @property
    def deviation(self):
        return math.sqrt(self.squares / (self.count - 1)) if self.count > 1 else 0.0


def is_far(value, moments, limit):
    return moments.count >= 5 and abs(value - moments.mean) > limit * max(moments.deviation, 1e-9)


def watch(lines, limit, report):
    moments = RunningMoments()
    for number, line in enumerate(lines):
        value = float(line)
        if is_far(value, moments, limit):
            report(number, value)
        else:
            moments.add(value)


if __name__ == "__main__":
    watch(sys.stdin, 3.0, lambda number, value: print(number, value))
