import { visit } from 'jsonc-parser';

export interface BuildOptions {
  /** Converts the text of a number to its value. */
  readNumber: (token: string, path: () => (string | number)[]) => unknown;
  /** Called for each key that an object has twice. The last value wins. */
  onDuplicate?: (path: (string | number)[]) => void;
}

type Container = unknown[] | Record<string, unknown>;

/**
 * Builds a value from text that `JSON.parse` accepts, and reads its numbers with `readNumber`.
 *
 * @throws RangeError when the text is nested too deeply.
 */
export function buildValue(text: string, { readNumber, onDuplicate }: BuildOptions): unknown {
  const open: Container[] = [];
  let root: unknown;
  let name = '';
  const add = (value: unknown): void => {
    const parent = open.at(-1);
    if (parent === undefined) root = value;
    else if (Array.isArray(parent)) parent.push(value);
    else setOwnProperty(parent, name, value);
  };
  const enter = (value: Container): void => {
    add(value);
    open.push(value);
  };
  const leave = (): void => {
    open.pop();
  };
  visit(text, {
    onObjectBegin: () => enter({}),
    onObjectProperty: (key, _offset, _length, _line, _column, path) => {
      name = key;
      if (onDuplicate !== undefined && Object.hasOwn(open.at(-1) ?? {}, key)) onDuplicate([...path(), key]);
    },
    onObjectEnd: leave,
    onArrayBegin: () => enter([]),
    onArrayEnd: leave,
    onLiteralValue: (value, offset, length, _line, _column, path) => {
      add(typeof value === 'number' ? readNumber(text.slice(offset, offset + length), path) : value);
    },
  });
  return root;
}

/** Sets an own property, also one named `__proto__`, for which an assignment would set the prototype. */
export function setOwnProperty(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}
