import { formatException } from '../../../src/runners/format-exception.js';

/**
 * The exception of which Modal's SDK tells what Python's `repr` makes of it: `Remote error: ValueError('no good')`. Of one
 * that was made of anything but one text, the arguments are shown as they are.
 */
export function parseRemoteError(reported: string): { message: string; type?: string } {
  const shown = reported.replace(/^Remote error: /, '');
  const { type, args } = /^(?<type>\w+)\((?<args>[\s\S]*?),?\)$/.exec(shown)?.groups ?? {};
  if (type === undefined || args === undefined) return { message: shown };
  return { type, message: formatException(type, type === 'KeyError' ? args : (readText(args) ?? args)) };
}

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t' };

/** Undefined for what is not one quoted text. */
function readText(source: string): string | undefined {
  const text = /^(['"])((?:\\[\s\S]|(?!\1)[^\\])*)\1$/.exec(source)?.[2];
  return text?.replaceAll(/\\(?:x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8})|([\s\S]))/g, (_, x, u, U, one) => {
    const code = x ?? u ?? U;
    return code === undefined ? (escapes[one] ?? one) : String.fromCodePoint(Number.parseInt(code, 16));
  });
}
