import { isListening } from '../../../src/processes/ports.js';
import { isSameProcess } from '../../../src/processes/process-identity.js';
import { callHttp } from '../../../src/runners/http/http-call.js';
import type { ServerState } from '../../../src/runners/server/server-options.js';
import type { ServerRecord } from '../../../src/runners/server/server-record.js';

/** Milliseconds that one probe may take: the port accepts connections before a worker can answer them. */
const probeTimeout = 1_000;

/** Asks the readiness probe of a server that starts. The server's parent has the port open while it has no worker. */
export async function probeServer({ url, port, ...identity }: ServerRecord): Promise<ServerState> {
  if (!isSameProcess(identity)) return 'gone';
  if (!isListening(identity.pid, port)) return 'starting';
  try {
    const { status } = await callHttp({ url: `${url}/readyz`, signal: AbortSignal.timeout(probeTimeout) });
    return status === 200 ? 'serving' : 'unresponsive';
  } catch {
    return 'unresponsive';
  }
}
