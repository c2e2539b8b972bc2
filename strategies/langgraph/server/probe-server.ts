import { isSameProcess } from '../../../src/processes/process-identity.js';
import { callHttp } from '../../../src/runners/http/http-call.js';
import type { ServerRecord } from './server-record.js';

/**
 * `serving`: the server's own probe is well, and it is ours. `starting`: alive, and nobody listens yet. `mute`: it does
 * not answer in time. `foreign`: another server answers on its port. `gone`: the process has ended.
 */
export type ServerState = 'serving' | 'starting' | 'mute' | 'foreign' | 'gone';

/** Milliseconds that a healthy server has to answer. */
export const probeTimeout = 2_000;

export async function probeServer(record: ServerRecord): Promise<ServerState> {
  if (!isSameProcess(record)) return 'gone';
  const { url } = record;
  const signal = AbortSignal.timeout(probeTimeout);
  try {
    const [ok, info] = await Promise.all([
      callHttp({ url: `${url}/ok`, signal }),
      callHttp({ url: `${url}/info`, signal }),
    ]);
    if (readRevision(info.body) !== record.token) return 'foreign';
    return ok.status === 200 ? 'serving' : 'mute';
  } catch (error) {
    if (!isSameProcess(record)) return 'gone';
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'starting' : 'mute';
  }
}

function readRevision(body: Buffer): unknown {
  try {
    return (JSON.parse(body.toString()) as { host?: { revision_id?: unknown } }).host?.revision_id; // as the server answers it
  } catch {
    return undefined; // a server of another kind
  }
}
