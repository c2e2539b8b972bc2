/**
 * For generated code around whose functions a server writes JSON: an output that holds NaN or an infinity, for which a
 * server writes null, becomes the answer that our own host gives. Needs `import math`.
 */
export const outputFunction = `def as_output(value):
    """JSON has no NaN and no infinity, and the server would write null in their place."""
    unfit = find_unfit(value, "output")
    if unfit is None:
        return value
    return {"status": "error", "error": {"code": "CALL_OUTPUT", "message": f"{unfit}, which JSON cannot hold"}}


def find_unfit(value, place):
    if isinstance(value, float):
        if math.isfinite(value):
            return None
        return f"{place} is {'NaN' if math.isnan(value) else 'Infinity' if value > 0 else '-Infinity'}"
    for name in ("tolist", "model_dump"):  # of arrays and numbers of numpy's, of pydantic's models
        if hasattr(value, name):
            return find_unfit(getattr(value, name)(), place)
    if hasattr(value, "__dataclass_fields__"):
        value = {name: getattr(value, name) for name in value.__dataclass_fields__}
    parts = ()
    if isinstance(value, dict):
        parts = ((item, f"{place}.{key}") for key, item in value.items())
    elif isinstance(value, (list, tuple)):
        parts = ((item, f"{place}[{index}]") for index, item in enumerate(value))
    return next((found for item, inner in parts if (found := find_unfit(item, inner)) is not None), None)
`;
