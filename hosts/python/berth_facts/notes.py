"""Whole sentences about what is missing in the facts."""

import json

MOST_NAMED = 20


def describe_unread(sources, seconds):
    """Why files were not read: each with its reason, those for which time ran out together."""
    late = [source.path for source in sources if source.problem == "late"]
    other = [source for source in sources if source.problem not in (None, "late")]
    notes = ["%s was not read: %s." % (source.path, source.problem) for source in other[:MOST_NAMED]]
    if len(other) > MOST_NAMED:
        notes.append("%d more files were not read." % (len(other) - MOST_NAMED))
    if late:
        names = ", ".join(sorted(late, key=lambda path: (path.count("/"), path))[:3])
        notes.append(
            "%d files were not read, because reading all takes longer than %d s: %s%s."
            % (len(late), seconds, names, " and others" if len(late) > 3 else "")
        )
    return notes


def keep(items, most, what, notes):
    """The first of the items; a note where there are more."""
    items = list(items)
    if len(items) > most:
        notes.append("The first %d of %d %s were kept." % (most, len(items), what))
    return items[:most]


def keep_small(facts, room, what, notes):
    """The first of the facts that have room, in bytes of JSON; a note where there are more."""
    for index, fact in enumerate(facts):
        room -= len(json.dumps(fact))
        if room < 0:
            notes.append("The first %d of %d %s were kept: they are large." % (index, len(facts), what))
            return facts[:index]
    return facts
