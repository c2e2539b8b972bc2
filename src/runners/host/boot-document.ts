import { randomUUID } from 'node:crypto';
import type { RunPlan } from '../../contract/handle.js';
import { FunctionInterface } from '../../contract/run-interface.js';
import { BerthError } from '../../errors.js';
import { parseQuantity } from '../parse-quantity.js';
import { getSocketPath, getTemporaryPath } from './host-files.js';

/** Settings that a host process reads from its standard input; see hosts/python/berth_host/boot.py. */
export interface BootDocument {
  deployment: string;
  revision: string;
  token: string;
  socket: string;
  /** TMPDIR of the software: `tmp` in the state directory, or a short link to it. */
  temporary: string;
  directory: string;
  packageDirectory: string | null;
  interface: FunctionInterface;
  /** Variables in plain text. */
  env: Record<string, string>;
  /** Seconds per call. */
  timeout: number;
  /** Seconds; null for no limit. */
  importTimeout: number | null;
  /** Seconds. The host process reports the current line of the setup thirty times during that time. */
  setupTimeout: number;
  /** Seconds that running calls may take to finish when the host process is asked to end. */
  grace: number;
  /** Bytes. */
  memory: number | null;
  /** Maximum number of concurrent calls; null for no limit. */
  concurrency: number | null;
}

/** Seconds. Setup may load or download model weights, which takes long. */
export const defaultSetupTimeout = 1_800;

/** Parts of a plan that a host process needs. */
export type BootPlan = Omit<RunPlan, 'strategy' | 'provider' | 'sharedDirectory' | 'logFile'>;

/**
 * Builds the settings of one start, with a new token.
 *
 * @throws START_FAILED when the run interface is not that of a function.
 */
export function buildBootDocument(plan: BootPlan, startValues: Pick<BootDocument, 'env' | 'grace'>): BootDocument {
  const parsed = FunctionInterface.safeParse(plan.runInterface);
  if (!parsed.success)
    throw new BerthError('START_FAILED', `the run interface is not that of a function: ${parsed.error.message}`);
  const { memory, concurrency } = plan.resources;
  return {
    deployment: plan.deployment,
    revision: plan.revision,
    token: randomUUID(),
    socket: getSocketPath(plan),
    temporary: getTemporaryPath(plan),
    directory: plan.directory,
    packageDirectory: plan.environment?.packageDirectory ?? null,
    interface: parsed.data,
    timeout: plan.timeout,
    importTimeout: plan.importTimeout ?? null,
    setupTimeout: plan.setupTimeout ?? defaultSetupTimeout,
    memory: memory === undefined ? null : parseQuantity(memory),
    concurrency: concurrency ?? null,
    ...startValues,
  };
}
