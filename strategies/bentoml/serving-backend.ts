import type { Answer } from '../../src/contract/answer.js';
import type { Handle } from '../../src/contract/handle.js';
import type { CloudRecord } from '../../src/runners/cloud/cloud-record.js';
import type { HttpReply } from '../../src/runners/http/http-call.js';
import type { Health, LogOptions, StartOptions } from '../../src/runners/runner.js';
import type { ServerRecord } from '../../src/runners/server/server-record.js';
import type { LoggedException } from './calls/find-exception.js';
import type { ServiceApi } from './calls/service-api.js';

/**
 * Keys that a start adds to the handle: the API to call, and either the server on this machine or the deployment in
 * BentoCloud.
 */
export interface ServerInfo {
  endpoint: string;
  api: ServiceApi;
  server?: ServerRecord;
  cloud?: CloudRecord;
}

export type BentoHandle = Handle & ServerInfo;

/** Finds the exception of a call by its trace ID. Waits for it when the call has failed. */
export type FindFailure = (trace: string, hasFailed: boolean) => Promise<LoggedException | undefined>;

/** Address of a service, and how to find the exceptions that it hides from callers. */
export interface CallTarget {
  url: string;
  headers: Record<string, string>;
  findFailure: FindFailure;
}

/** Backend that serves a service: this machine, or BentoCloud. */
export interface ServingBackend {
  start(options: StartOptions): Promise<ServerInfo>;
  /** Returns the error answer when the service cannot be called. */
  findCallTarget(handle: BentoHandle): CallTarget | Answer;
  /** Returns the answer to a reply that does not come from the service. */
  checkReply(reply: HttpReply): Answer | undefined;
  isHealthy(handle: BentoHandle): Promise<Health>;
  logs(options?: LogOptions): AsyncIterable<string>;
  archive?(handle: BentoHandle, options: StartOptions): Promise<void>;
  stop(): Promise<void>;
  undo(): Promise<void>;
}
