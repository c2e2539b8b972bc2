/** A string as Python writes it, without a prefix: with those, it is no text or not what it says. */
const quoted = /(?<!\w)('''|"""|'|")(?:\\[\s\S]|(?!\1)[\s\S])*?\1/g;

/** Source text of Python with its strings left out, to see what else it is made of. */
export const stripStrings = (text: string): string => text.replaceAll(quoted, "''");

/** The strings of a source text, each as it is written. */
export const splitStrings = (text: string): { text: string; isString: boolean }[] => {
  const parts: { text: string; isString: boolean }[] = [];
  let end = 0;
  for (const match of text.matchAll(quoted)) {
    parts.push({ text: text.slice(end, match.index), isString: false }, { text: match[0], isString: true });
    end = match.index + match[0].length;
  }
  return [...parts, { text: text.slice(end), isString: false }];
};

/** Numbers as Python writes them, and the names that are values. */
const plainLiteral = /\b(True|False|None|0[xob][\da-f_]+|\d[\d_]*(\.[\d_]*)?(e[+-]?\d+)?j?)\b/gi;

/** Whether a source text is made of literals alone, so that no name and no call decides what it is worth. */
export const isLiteral = (text: string): boolean =>
  !/[\p{L}_]/u.test(stripStrings(text.replaceAll(/(?<!\w)[rub]{1,2}(?=['"])/gi, '')).replaceAll(plainLiteral, ''));
