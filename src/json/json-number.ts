const integer = /^-?\d+$/;

/** A number as JSON text writes it, where a JavaScript number would lose digits or be written otherwise: `1.0`, 2^63. */
export class JsonNumber {
  constructor(readonly text: string) {}

  get isInteger(): boolean {
    return integer.test(this.text);
  }

  /** The nearest number, or the bigint of an integer beyond 2^53. */
  valueOf(): number | bigint {
    return parseNumber(this.text);
  }

  toString(): string {
    return this.text;
  }

  /** For `JSON.stringify`, which keeps no digits. @throws TypeError where the value itself would change */
  toJSON(): number {
    const value = this.valueOf();
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw new TypeError(`JSON.stringify cannot write the number ${this.text}`);
  }
}

/** What a token of JSON is in JavaScript: a bigint where a number would not hold the integer. */
export function parseNumber(token: string): number | bigint {
  const value = Number(token);
  return Number.isSafeInteger(value) || !integer.test(token) ? value : BigInt(token);
}
