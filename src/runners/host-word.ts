import type { AnswerError } from '../contract/answer.js';
import type { HostIdentity } from './host-client.js';

/** What a host says while it starts: where it is, and at last how that ended. `busy`: another one holds the revision's lock. */
export type HostWord =
  | { state: 'importing' }
  | { state: 'imported' }
  | { state: 'building' }
  | { state: 'progress'; text: string }
  | { state: 'busy' }
  | { state: 'ready'; identity: HostIdentity }
  | { state: 'failed'; error: AnswerError & { candidates?: string[] } };

/** Undefined for what the software itself wrote to the host's descriptor: it does not know the token. */
export function parseHostWord(line: string, token: string): HostWord | undefined {
  try {
    const word: unknown = JSON.parse(line);
    return isHostWord(word, token) ? word : undefined;
  } catch {
    return undefined;
  }
}

function isHostWord(word: unknown, token: string): word is HostWord {
  if (typeof word !== 'object' || word === null || !('token' in word) || word.token !== token) return false;
  return 'state' in word && states.includes(word.state);
}

const states: unknown[] = [
  'importing',
  'imported',
  'building',
  'progress',
  'busy',
  'ready',
  'failed',
] satisfies HostWord['state'][];
