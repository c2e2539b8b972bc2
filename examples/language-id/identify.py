"""Tells the language of a text by the rank of its letter triples (Cavnar and Trenkle, 1994).

    python identify.py "Wo ist der Bahnhof?"
"""

import sys
from collections import Counter
from pathlib import Path

SAMPLES = Path(__file__).parent / "samples"
PROFILE_SIZE = 300


def count_triples(text):
    letters = "".join(char if char.isalpha() else " " for char in text.lower())
    padded = " %s " % " ".join(letters.split())
    return Counter(padded[start : start + 3] for start in range(len(padded) - 2))


def rank_triples(text):
    common = count_triples(text).most_common(PROFILE_SIZE)
    return {triple: rank for rank, (triple, _) in enumerate(common)}


def read_profiles(directory):
    return {path.stem: rank_triples(path.read_text(encoding="utf-8")) for path in sorted(directory.glob("*.txt"))}


def measure_distance(ranks, profile):
    return sum(abs(rank - profile.get(triple, PROFILE_SIZE)) for triple, rank in ranks.items())


def order_languages(text, profiles):
    ranks = rank_triples(text)
    return sorted(profiles, key=lambda language: measure_distance(ranks, profiles[language]))


if __name__ == "__main__":
    print(order_languages(sys.argv[1], read_profiles(SAMPLES))[0])
