/** For generated code: the output of a generator, as our own host gives it. */
export const joinFunction = `def join(items: list):
    """Text that came bit by bit is one text; anything else stays a list."""
    return "".join(items) if items and all(isinstance(item, str) for item in items) else items
`;
