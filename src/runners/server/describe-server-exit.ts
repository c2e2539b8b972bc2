import { getTrackedExit } from '../../processes/process-exit.js';
import type { ProcessIdentity } from '../../processes/process-identity.js';

/**
 * Describes how a server's process ended, as far as this process knows: `process 4711 exited with code 3 after 12.0 s`.
 */
export const describeServerExit = (server: ProcessIdentity | undefined): string =>
  server === undefined ? 'it was not started' : `process ${server.pid} ${getTrackedExit(server) ?? 'has ended'}`;
