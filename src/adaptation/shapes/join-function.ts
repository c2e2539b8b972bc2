/** Source for generated code that joins a generator's output as the host process does. */
export const joinFunction = `def join(items: list):
    """Joins streamed text. Other items stay a list."""
    return "".join(items) if items and all(isinstance(item, str) for item in items) else items
`;
