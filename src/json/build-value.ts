import { visit } from 'jsonc-parser';

export interface BuildOptions {
  /** The value of a number, from its own text. */
  readNumber: (token: string, path: () => (string | number)[]) => unknown;
  /** Told of each name that an object has twice; its last value counts. */
  onDuplicate?: (path: (string | number)[]) => void;
}

type Container = unknown[] | Record<string, unknown>;

/** A value from text that `JSON.parse` accepts, its numbers read by `readNumber`. @throws RangeError for extreme nesting */
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

/** Also `__proto__`, which an assignment would take for something else. */
export function setOwnProperty(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}
