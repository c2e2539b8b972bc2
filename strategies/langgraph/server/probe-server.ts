import { readLogSince } from '../../../src/processes/log-file.js';
import { isSameProcess } from '../../../src/processes/process-identity.js';
import { callHttp } from '../../../src/runners/http/http-call.js';
import type { ServerState } from '../../../src/runners/server/server-options.js';
import type { ServerRecord } from '../../../src/runners/server/server-record.js';

/** Milliseconds that a healthy server has to answer. */
export const probeTimeout = 2_000;

/** Line of a server that found its port taken, and listens on another. */
const portTakenLine = /Port \d+ is already in use, using port \d+ instead/;

/** Asks the server's own probe, and for its token. */
export async function probeServer(server: ServerRecord, logFile: string): Promise<ServerState> {
  if (!isSameProcess(server)) return 'gone';
  const state = await askServer(server);
  if (state === 'serving' || state === 'foreign') return state;
  return portTakenLine.test(await readLogSince(logFile, server.logStart)) ? 'foreign' : state;
}

async function askServer(server: ServerRecord): Promise<ServerState> {
  const { url } = server;
  const signal = AbortSignal.timeout(probeTimeout);
  try {
    const [ok, info] = await Promise.all([
      callHttp({ url: `${url}/ok`, signal }),
      callHttp({ url: `${url}/info`, signal }),
    ]);
    if (readRevision(info.body) !== server.token) return 'foreign';
    return ok.status === 200 ? 'serving' : 'unresponsive';
  } catch (error) {
    if (!isSameProcess(server)) return 'gone';
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'starting' : 'unresponsive';
  }
}

/** Returns the token of the server that answered; undefined for a server of another kind. */
function readRevision(body: Buffer): unknown {
  try {
    return (JSON.parse(body.toString()) as { host?: { revision_id?: unknown } }).host?.revision_id; // as the server answers it
  } catch {
    return undefined;
  }
}
