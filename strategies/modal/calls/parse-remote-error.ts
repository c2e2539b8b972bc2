import { formatException } from '../../../src/runners/format-exception.js';

/**
 * Parses an exception from Modal's SDK, which reports Python's `repr` of it: `Remote error: ValueError('no good')`.
 * Shows the arguments unchanged when they are not one text.
 */
export function parseRemoteError(reported: string): { message: string; type?: string } {
  const text = reported.replace(/^Remote error: /, '');
  const { type, args } = /^(?<type>\w+)\((?<args>[\s\S]*?),?\)$/.exec(text)?.groups ?? {};
  if (type === undefined || args === undefined) return { message: text };
  return { type, message: formatException(type, type === 'KeyError' ? args : (readText(args) ?? args)) };
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t' };

/** Returns undefined for text that is not a single quoted string. */
function readText(source: string): string | undefined {
  const text = /^(['"])((?:\\[\s\S]|(?!\1)[^\\])*)\1$/.exec(source)?.[2];
  return text?.replaceAll(/\\(?:x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8})|([\s\S]))/g, (_, x, u, U, one) => {
    const code = x ?? u ?? U;
    return code === undefined ? (escapes[one] ?? one) : String.fromCodePoint(Number.parseInt(code, 16));
  });
}
