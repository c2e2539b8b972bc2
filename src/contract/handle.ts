import * as z from 'zod';
import { Resources } from './resources.js';
import { BaseImages, Environment } from './revision.js';
import { RunInterface } from './run-interface.js';

/** Everything a runner needs to know about one revision, as plain data. Holds no secret. */
export const RunPlan = z.object({
  deployment: z.string(),
  revision: z.string(),
  strategy: z.string(),
  /** Of those that the strategy's configuration names; null is this machine. */
  provider: z.string().nullable().default(null),
  /** The revision's code: read only. */
  directory: z.string(),
  /** The revision's own scratch: sockets, pid files, working files. Made before `start`, removed by cleanup. */
  stateDirectory: z.string(),
  /** The deployment's own, for what outlives a revision. Made before `start`, removed with the deployment. */
  sharedDirectory: z.string(),
  /** One file, appended to: the software's prints and the host's words. */
  logFile: z.string(),
  environment: Environment.nullable(),
  /** What the strategy found it to be built on when it was made; absent where the strategy did not say. */
  base: BaseImages.optional(),
  runInterface: RunInterface,
  resources: Resources,
  /** Address of the host at which its server listens; loopback alone when absent. */
  expose: z.string().optional(),
  /** Seconds that one call may take when the caller says nothing. */
  timeout: z.number().positive(),
  /** Seconds that importing the code may take, without what builds and sets it up; absent in plans of an earlier shape. */
  importTimeout: z.number().positive().optional(),
  /** Seconds that building and setting up the imported code may take; 30 minutes when absent. */
  setupTimeout: z.number().positive().optional(),
});
export type RunPlan = z.infer<typeof RunPlan>;

/** Plain record from which any process of the host re-attaches a runner. Each strategy adds keys of its own. */
export const Handle = z.looseObject({
  plan: RunPlan,
  /** Address for a person: a URL or a socket path. */
  endpoint: z.string().nullable(),
  /** ISO 8601. */
  startedAt: z.string(),
  /** What the start decided, in whole sentences for a person. */
  notes: z.array(z.string()).optional(),
});
export type Handle = z.infer<typeof Handle>;
