/**
 * Source for generated code whose output a server writes as JSON. Servers write null for NaN and infinities; this returns
 * the host process's error answer instead. Needs `import math`.
 */
export const outputFunction = `def as_output(value):
    """Returns an error for NaN and infinity, which the server would write as null."""
    problem = find_non_finite(value, "output")
    if problem is None:
        return value
    return {"status": "error", "error": {"code": "CALL_OUTPUT", "message": f"{problem}, which JSON cannot hold"}}


def find_non_finite(value, path):
    if isinstance(value, float):
        if math.isfinite(value):
            return None
        return f"{path} is {'NaN' if math.isnan(value) else 'Infinity' if value > 0 else '-Infinity'}"
    for name in ("tolist", "model_dump"):  # numpy arrays and numbers, pydantic models
        if hasattr(value, name):
            return find_non_finite(getattr(value, name)(), path)
    if hasattr(value, "__dataclass_fields__"):
        value = {name: getattr(value, name) for name in value.__dataclass_fields__}
    parts = ()
    if isinstance(value, dict):
        parts = ((item, f"{path}.{key}") for key, item in value.items())
    elif isinstance(value, (list, tuple)):
        parts = ((item, f"{path}[{index}]") for index, item in enumerate(value))
    return next((problem for item, inner in parts if (problem := find_non_finite(item, inner)) is not None), None)
`;
