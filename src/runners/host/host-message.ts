import type { AnswerError } from '../../contract/answer.js';
import type { HostIdentity } from './host-status.js';

/** A message of a starting host process: its phase, or the result. `busy`: another one holds the revision's lock. */
export type HostMessage =
  | { state: 'importing' }
  | { state: 'imported' }
  | { state: 'building' }
  | { state: 'progress'; text: string }
  | { state: 'busy' }
  | { state: 'ready'; identity: HostIdentity }
  | { state: 'failed'; error: AnswerError & { candidates?: string[] } };

/** Parses a message; undefined for output of the software on the same descriptor, which lacks the token. */
export function parseHostMessage(line: string, token: string): HostMessage | undefined {
  try {
    const message: unknown = JSON.parse(line);
    return isHostMessage(message, token) ? message : undefined;
  } catch {
    return undefined;
  }
}

function isHostMessage(message: unknown, token: string): message is HostMessage {
  if (typeof message !== 'object' || message === null || !('token' in message) || message.token !== token) return false;
  return 'state' in message && states.includes(message.state);
}

const states: unknown[] = [
  'importing',
  'imported',
  'building',
  'progress',
  'busy',
  'ready',
  'failed',
] satisfies HostMessage['state'][];
