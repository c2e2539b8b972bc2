import { randomUUID } from 'node:crypto';
import type { RunPlan } from '../../contract/handle.js';
import { FunctionInterface } from '../../contract/run-interface.js';
import { BerthError } from '../../errors.js';
import { parseQuantity } from '../parse-quantity.js';
import { getSocketPath, getTemporaryPath } from './host-files.js';

/** What the host is told on its standard input; see hosts/python/berth_host/boot.py. */
export interface BootDocument {
  deployment: string;
  revision: string;
  token: string;
  socket: string;
  /** What the software gets as TMPDIR: the state directory's `tmp`, or a short link to it. */
  temporary: string;
  directory: string;
  packageDirectory: string | null;
  interface: FunctionInterface;
  /** In clear. */
  env: Record<string, string>;
  /** Seconds per call. */
  timeout: number;
  /** Seconds; null: no bound. */
  importTimeout: number | null;
  /** Seconds; the host reports the line of the setup thirty times before that. */
  setupTimeout: number;
  /** Seconds that running calls get when the host is asked to end. */
  grace: number;
  /** Bytes. */
  memory: number | null;
  /** Calls at once; null: no bound. */
  concurrency: number | null;
}

/** Seconds: weights are loaded or fetched then, and that takes long. */
export const defaultSetupTimeout = 1_800;

/** What of a plan the host is told. */
export type BootPlan = Omit<RunPlan, 'strategy' | 'provider' | 'sharedDirectory' | 'logFile'>;

/** Of every start anew: its token is its own. START_FAILED when the run interface is not a function's. */
export function buildBootDocument(plan: BootPlan, startValues: Pick<BootDocument, 'env' | 'grace'>): BootDocument {
  const parsed = FunctionInterface.safeParse(plan.runInterface);
  if (!parsed.success)
    throw new BerthError('START_FAILED', `the run interface is not a function's: ${parsed.error.message}`);
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
