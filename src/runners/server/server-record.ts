import type { ProcessIdentity } from '../../processes/process-identity.js';
import { StateFile } from '../state-file.js';

/** The process that serves a revision and its address: plain data, for a strategy's handle. */
export interface ServerRecord extends ProcessIdentity {
  port: number;
  /** Address at which this machine calls it: `http://127.0.0.1:20123`. */
  url: string;
  /** Size of the log in bytes when the server was started. */
  logStart: number;
  /** True once it has answered a probe. */
  wasReady?: boolean;
  /** Random text that identifies this server. */
  token?: string;
  /** Notes on its start for the user, as complete sentences. */
  notes?: string[];
}

/** The last server that was started, alive or not. */
export const serverRecord = new StateFile<ServerRecord>('server.json');
