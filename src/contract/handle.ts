import * as z from 'zod';
import { Resources } from './resources.js';
import { BaseImages, Environment } from './revision.js';
import { RunInterface } from './run-interface.js';

/** Everything a runner needs to know about one revision, as plain data. Contains no secrets. */
export const RunPlan = z.object({
  deployment: z.string(),
  revision: z.string(),
  strategy: z.string(),
  /** A provider that the strategy's configuration lists; null is this machine. */
  provider: z.string().nullable().default(null),
  /** Code of the revision, read-only. */
  directory: z.string(),
  /** Working files of the revision, such as sockets and pid files. Exists before `start`; cleanup removes it. */
  stateDirectory: z.string(),
  /** State that outlives a revision. Exists before `start`, and is removed with the deployment. */
  sharedDirectory: z.string(),
  /** Log file, only ever appended to: output of the software and messages of the host process. */
  logFile: z.string(),
  environment: Environment.nullable(),
  /** Base images that the strategy resolved when the revision was created; absent if the strategy reports none. */
  base: BaseImages.optional(),
  runInterface: RunInterface,
  resources: Resources,
  /** Address of the host at which the server listens; loopback only when absent. */
  expose: z.string().optional(),
  /** Seconds that one call may take unless the caller sets a timeout. */
  timeout: z.number().positive(),
  /** Seconds that importing the code may take, without building and setup; absent in plans of earlier versions. */
  importTimeout: z.number().positive().optional(),
  /** Seconds that building and setup of the imported code may take; 30 minutes when absent. */
  setupTimeout: z.number().positive().optional(),
});
export type RunPlan = z.infer<typeof RunPlan>;

/** Plain record from which any process on the host attaches a runner again. Strategies may add keys. */
export const Handle = z.looseObject({
  plan: RunPlan,
  /** Address to show to the user: a URL or a socket path. */
  endpoint: z.string().nullable(),
  /** ISO 8601. */
  startedAt: z.string(),
  /** Decisions of the start, as complete sentences for the user. */
  notes: z.array(z.string()).optional(),
});
export type Handle = z.infer<typeof Handle>;
