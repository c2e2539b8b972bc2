import { hostname, userInfo } from 'node:os';

/** Returns `user@machine`; a user without an entry in the system's list has a number. */
export function describeUser(): string {
  return `${userName()}@${hostname()}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
