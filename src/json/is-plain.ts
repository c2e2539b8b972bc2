/** Maximum nesting to check. Deeper values, and values that contain themselves, are not plain and are converted. */
const maxDepth = 500;

/** Checks whether `JSON.stringify` loses nothing: it drops only undefined members of objects, and rounds no number. */
export function isPlain(value: unknown, depth = 0): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'undefined':
      return depth === 0;
    case 'object':
      return value === null || (depth < maxDepth && hasPlainItems(value, depth + 1));
    default:
      return false;
  }
}

function hasPlainItems(value: object, depth: number): boolean {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) if (!isPlain(value[index], depth)) return false;
    return true;
  }
  if (!isPlainObject(value)) return false;
  for (const name in value) {
    const item = (value as Record<string, unknown>)[name];
    if (item !== undefined && !isPlain(item, depth)) return false;
  }
  return true;
}

/** Checks for a plain object of any realm: its prototype has no prototype. */
export function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}
