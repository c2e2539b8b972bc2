"""Writes notes about what is missing in the facts."""

import json

MAX_NAMED = 20


def describe_unread(sources, seconds):
    """Returns notes about unread files: one per file with its reason, and one for all that ran out of time."""
    late = [source.path for source in sources if source.problem == "late"]
    other = [source for source in sources if source.problem not in (None, "late")]
    notes = ["%s was not read: %s." % (source.path, source.problem) for source in other[:MAX_NAMED]]
    if len(other) > MAX_NAMED:
        notes.append("%d more files were not read." % (len(other) - MAX_NAMED))
    if late:
        names = ", ".join(sorted(late, key=lambda path: (path.count("/"), path))[:3])
        notes.append(
            "%d files were not read, because reading all takes longer than %d s: %s%s."
            % (len(late), seconds, names, " and others" if len(late) > 3 else "")
        )
    return notes


def limit_count(items, limit, name, notes):
    """Returns the first items and adds a note if there are more."""
    items = list(items)
    if len(items) > limit:
        notes.append("The first %d of %d %s were kept." % (limit, len(items), name))
    return items[:limit]


def limit_size(facts, size, name, notes):
    """Returns the first facts that fit in `size` bytes of JSON and adds a note if there are more."""
    for index, fact in enumerate(facts):
        size -= len(json.dumps(fact))
        if size < 0:
            notes.append("The first %d of %d %s were kept: they are large." % (index, len(facts), name))
            return facts[:index]
    return facts
