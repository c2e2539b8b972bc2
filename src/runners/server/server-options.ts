import type { BerthError } from '../../errors.js';
import type { StartOptions } from '../runner.js';
import type { ServerRecord } from './server-record.js';

export interface ServerCommand {
  /** Program and arguments, run without a shell in the revision's directory. */
  argv: string[];
  /** Variables that the server reads. The user's own take precedence. */
  env?: Record<string, string>;
  /**
   * All variables of the server, for a command that merges the user's own itself. Replaces `env` and Berth's defaults.
   */
  environment?: Record<string, string>;
  /** Stored in the server's record: random text that identifies this server. */
  token?: string;
  /** Stored in the server's record: notes on this start for the user, as complete sentences. */
  notes?: string[];
}

/**
 * `starting`: alive, but does not listen yet. `unresponsive`: does not answer in time. `foreign`: another server answers on its
 * port. `gone`: its process has ended.
 */
export type ServerState = 'serving' | 'starting' | 'unresponsive' | 'foreign' | 'gone';

export interface StartAttempt extends StartOptions {
  /** Errors of earlier attempts of this start that `canRetry` accepted. */
  failures: readonly unknown[];
}

export interface ServerOptions {
  /** Returns the command of a server that listens on this port. Called for each attempt of a start. */
  command: (port: number, attempt: StartAttempt) => ServerCommand | Promise<ServerCommand>;
  /** Address at which the server listens; 127.0.0.1 when absent. */
  address?: string;
  /** Path of the probe: a server that answers GET with any status can be called. `/` when absent. */
  healthPath?: string;
  /** Replaces GET `healthPath` as the probe. */
  probe?: (record: ServerRecord) => Promise<ServerState>;
  /** Seconds that the server may take to start; 300 when absent. */
  startTimeout?: number;
  /**
   * Seconds that a server of an earlier start, which has served before, may take to answer again. When absent, one that
   * listens and does not answer a probe is replaced immediately.
   */
  restartTimeout?: number;
  /** Resources that the command applies; the log names the others that the plan sets. */
  appliedResources?: readonly ('cpu' | 'memory' | 'gpu' | 'concurrency' | 'replicas')[];
  /** Detects early that a running server will never serve. */
  hasFailed?: (record: ServerRecord) => Promise<boolean>;
  /**
   * Explains why a server did not start. `exit` describes how its process ended: `exited with code 3 after 1.0 s`;
   * undefined while the process lives. By default the error is START_FAILED with the last lines of the log.
   */
  explainFailure?: (record: ServerRecord, exit: string | undefined) => Promise<BerthError>;
  /** Checks whether to retry after a failed attempt. */
  canRetry?: (error: unknown, attempt: StartAttempt) => boolean;
  /** Called once for each newly launched server when it serves. */
  onLaunched?: (record: ServerRecord) => Promise<void>;
}
