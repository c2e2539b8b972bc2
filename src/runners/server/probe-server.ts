import { listDescendants } from '../../processes/list-descendants.js';
import { isListening } from '../../processes/ports.js';
import { isSameProcess } from '../../processes/process-identity.js';
import { callHttp } from '../http/http-call.js';
import { buildUrl } from '../http/server-address.js';
import type { ServerState } from './server-options.js';
import type { ServerRecord } from './server-record.js';

/** Milliseconds in which a healthy server answers. */
export const probeTimeout = 2_000;

/** Probes a server with GET. Any reply counts as an answer. */
export async function probeServer(record: ServerRecord, callAddress: string, path: string): Promise<ServerState> {
  if (!isSameProcess(record)) return 'gone';
  if (!isPortServedBy(record)) return 'starting';
  try {
    await callHttp({ url: buildUrl(callAddress, record.port) + path, signal: AbortSignal.timeout(probeTimeout) });
    return 'serving';
  } catch {
    return isSameProcess(record) ? 'unresponsive' : 'gone';
  }
}

/** Includes descendants: the recorded process may be a shell that started the server, or have workers that listen. */
const isPortServedBy = ({ pid, port }: ServerRecord): boolean =>
  isListening(pid, port) || listDescendants([pid]).some((process) => isListening(process.pid, port));
