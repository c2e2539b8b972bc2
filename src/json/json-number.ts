const integer = /^-?\d+$/;

/** A number as JSON text, if a JavaScript number would lose digits or be written differently: `1.0`, 2^63. */
export class JsonNumber {
  constructor(readonly text: string) {}

  get isInteger(): boolean {
    return integer.test(this.text);
  }

  /** Returns the nearest number, or a bigint for an integer beyond 2^53. */
  valueOf(): number | bigint {
    return parseNumber(this.text);
  }

  toString(): string {
    return this.text;
  }

  /**
   * Called by `JSON.stringify`, which does not keep the digits.
   *
   * @throws TypeError when the value itself would change.
   */
  toJSON(): number {
    const value = this.valueOf();
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw new TypeError(`JSON.stringify cannot write the number ${this.text}`);
  }
}

/** Parses a JSON number. An integer beyond 2^53 becomes a bigint. */
export function parseNumber(token: string): number | bigint {
  const value = Number(token);
  return Number.isSafeInteger(value) || !integer.test(token) ? value : BigInt(token);
}
