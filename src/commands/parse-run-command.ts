import type { CommandInvocation } from './invocation.js';
import { run } from './run.js';

/**
 * `run NAME [INPUT] [--stream] [--timeout SECONDS]` without the parser and the other commands, which would cost a call a tenth of
 * its time. Whatever is not exactly that, mistakes included, is undefined here and the parser's to understand.
 */
export function parseRunCommand(words: string[]): CommandInvocation | undefined {
  const [command, ...rest] = words;
  if (command !== 'run') return undefined;
  const given: string[] = [];
  let timeout: number | undefined;
  let stream = false;
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--json' || word === '--verbose' || word === '-v') continue;
    if (word === '--stream') stream = true;
    else if (word === '--timeout') {
      timeout = Number(rest.shift());
      if (!(timeout > 0 && timeout < Number.POSITIVE_INFINITY)) return undefined;
    } else if (word === '-' || !word.startsWith('-')) given.push(word);
    else return undefined;
  }
  const [name, input, ...surplus] = given;
  if (name === undefined || surplus.length > 0) return undefined;
  const options = { timeout, stream, durable: false, id: undefined, attempts: undefined };
  return { kind: 'command', command: run, arguments: { name, input }, options };
}
