import type { Answer } from '../../src/contract/answer.js';
import type { Handle } from '../../src/contract/handle.js';
import type { CloudRecord } from '../../src/runners/cloud/cloud-record.js';
import type { Health, LogOptions, StartOptions } from '../../src/runners/runner.js';
import type { ServerRecord } from '../../src/runners/server/server-record.js';

/** Deployment of a revision in LangSmith. */
export interface CloudDeployment extends CloudRecord {
  id: string;
}

/** Keys that a start adds to the handle: either the server on this machine or the deployment in LangSmith. */
export interface ServerInfo {
  endpoint: string;
  server?: ServerRecord;
  cloud?: CloudDeployment;
  notes?: string[];
}

export type GraphHandle = Handle & ServerInfo;

/** Address of a graph's server. */
export interface CallTarget {
  url: string;
  headers: Record<string, string>;
}

/** Backend that serves graphs: this machine, or LangSmith. */
export interface ServingBackend {
  start(options: StartOptions): Promise<ServerInfo>;
  /** Returns the error answer when the server cannot be called. */
  findCallTarget(handle: GraphHandle): CallTarget | Answer;
  isHealthy(handle: GraphHandle): Promise<Health>;
  logs(options?: LogOptions): AsyncIterable<string>;
  stop(): Promise<void>;
  undo(): Promise<void>;
}
