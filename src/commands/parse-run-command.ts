import type { CommandInvocation } from './invocation.js';
import { run } from './run.js';

/**
 * Parses `run NAME [INPUT] [--stream] [--timeout SECONDS]` without commander and the other commands, which would cost a
 * tenth of a call's time. Returns undefined for anything else, errors included; then commander parses it.
 */
export function parseRunCommand(words: string[]): CommandInvocation | undefined {
  const [command, ...rest] = words;
  if (command !== 'run') return undefined;
  const positionals: string[] = [];
  let timeout: number | undefined;
  let stream = false;
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--json' || word === '--verbose' || word === '-v') continue;
    if (word === '--stream') stream = true;
    else if (word === '--timeout') {
      timeout = Number(rest.shift());
      if (!(timeout > 0 && timeout < Number.POSITIVE_INFINITY)) return undefined;
    } else if (word === '-' || !word.startsWith('-')) positionals.push(word);
    else return undefined;
  }
  const [name, input, ...extra] = positionals;
  if (name === undefined || extra.length > 0) return undefined;
  const options = { timeout, stream, durable: false, id: undefined, attempts: undefined };
  return { kind: 'command', command: run, arguments: { name, input }, options };
}
