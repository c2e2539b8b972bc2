import type { Answer } from '../../src/contract/answer.js';
import type { Handle } from '../../src/contract/handle.js';
import type { CloudRecord } from '../../src/runners/cloud/cloud-record.js';
import type { HttpReply } from '../../src/runners/http/http-call.js';
import type { Health, LogOptions, StartOptions } from '../../src/runners/runner.js';
import type { ServerRecord } from '../../src/runners/server/server-record.js';
import type { LoggedException } from './calls/find-exception.js';
import type { ServiceApi } from './calls/service-api.js';

/** What a start adds to the handle: how the service's API is called, and who serves it: one of the two. */
export interface ServerInfo {
  endpoint: string;
  api: ServiceApi;
  server?: ServerRecord;
  cloud?: CloudRecord;
}

export type BentoHandle = Handle & ServerInfo;

/** The exception of a call, by its trace; where the call has failed it is waited for. */
export type FindFailure = (trace: string, hasFailed: boolean) => Promise<LoggedException | undefined>;

/** How a call gets to the service, and to what the service keeps from whoever calls. */
export interface CallTarget {
  url: string;
  headers: Record<string, string>;
  findFailure: FindFailure;
}

/** Where a service is served: on this machine, or in BentoCloud. */
export interface ServingBackend {
  start(options: StartOptions): Promise<ServerInfo>;
  /** The answer says why there is no way. */
  findCallTarget(handle: BentoHandle): CallTarget | Answer;
  /** An answer to a reply that is not the service's own. */
  checkReply(reply: HttpReply): Answer | undefined;
  isHealthy(handle: BentoHandle): Promise<Health>;
  logs(options?: LogOptions): AsyncIterable<string>;
  archive?(handle: BentoHandle, options: StartOptions): Promise<void>;
  stop(): Promise<void>;
  undo(): Promise<void>;
}
