/** Matches a Python string without a prefix: a prefix may change its type or its content. */
const quoted = /(?<!\w)('''|"""|'|")(?:\\[\s\S]|(?!\1)[\s\S])*?\1/g;

/** Empties the strings in Python source, so that the rest can be examined. */
export const stripStrings = (text: string): string => text.replaceAll(quoted, "''");

/** Splits Python source into its strings and the code between them. */
export const splitStrings = (text: string): { text: string; isString: boolean }[] => {
  const parts: { text: string; isString: boolean }[] = [];
  let end = 0;
  for (const match of text.matchAll(quoted)) {
    parts.push({ text: text.slice(end, match.index), isString: false }, { text: match[0], isString: true });
    end = match.index + match[0].length;
  }
  return [...parts, { text: text.slice(end), isString: false }];
};

/** Matches Python's numbers and constants. */
const plainLiteral = /\b(True|False|None|0[xob][\da-f_]+|\d[\d_]*(\.[\d_]*)?(e[+-]?\d+)?j?)\b/gi;

/** Returns true if Python source consists only of literals, so that its value depends on no name and no call. */
export const isLiteral = (text: string): boolean =>
  !/[\p{L}_]/u.test(stripStrings(text.replaceAll(/(?<!\w)[rub]{1,2}(?=['"])/gi, '')).replaceAll(plainLiteral, ''));
