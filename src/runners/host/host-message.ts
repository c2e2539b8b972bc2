import type { AnswerError } from '../../contract/answer.js';
import type { HostIdentity } from './host-client.js';

/** What a host says while it starts: where it is, and at last how that ended. `busy`: another one holds the revision's lock. */
export type HostMessage =
  | { state: 'importing' }
  | { state: 'imported' }
  | { state: 'building' }
  | { state: 'progress'; text: string }
  | { state: 'busy' }
  | { state: 'ready'; identity: HostIdentity }
  | { state: 'failed'; error: AnswerError & { candidates?: string[] } };

/** Undefined for what the software itself wrote to the host's descriptor: it does not know the token. */
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
