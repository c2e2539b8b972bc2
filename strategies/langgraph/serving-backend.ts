import type { Answer } from '../../src/contract/answer.js';
import type { Handle } from '../../src/contract/handle.js';
import type { Health, LogOptions, StartOptions } from '../../src/runners/runner.js';
import type { CloudDeployment } from './cloud/cloud-record.js';
import type { ServerRecord } from './server/server-record.js';

/** What a start adds to the handle: who serves, so that no stranger is called or ended in its place. One of the two. */
export interface ServerInfo {
  endpoint: string;
  server?: ServerRecord;
  cloud?: CloudDeployment;
  notes?: string[];
}

export type GraphHandle = Handle & ServerInfo;

/** How a call gets to the graph's server. */
export interface CallTarget {
  url: string;
  headers: Record<string, string>;
}

/** Where graphs are served: on this machine, or in LangSmith. */
export interface ServingBackend {
  start(options: StartOptions): Promise<ServerInfo>;
  /** The answer says why there is no way. */
  findCallTarget(handle: GraphHandle): CallTarget | Answer;
  isHealthy(handle: GraphHandle): Promise<Health>;
  logs(options?: LogOptions): AsyncIterable<string>;
  stop(): Promise<void>;
  undo(): Promise<void>;
}
