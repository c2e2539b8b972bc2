/** For generated code: the output of a generator, as our own host gives it. */
export const joinFunction = `def join(items: list):
    """Joins streamed text. Other items stay a list."""
    return "".join(items) if items and all(isinstance(item, str) for item in items) else items
`;
