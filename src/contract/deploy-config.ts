import * as z from 'zod';
import { Example } from './example.js';
import { Resources } from './resources.js';

export const DeploymentName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/, 'is lower-case letters, digits and hyphens, at most 40');

/** A variable of the software: read from the worker's environment when the software starts, or sealed by the client. */
export const EnvironmentVariable = z.union([
  z.strictObject({ name: z.string().min(1), from: z.literal('worker') }),
  z.strictObject({ name: z.string().min(1), sealed: z.string().min(1) }),
]);
export type EnvironmentVariable = z.infer<typeof EnvironmentVariable>;

/** The repository to deploy and its purpose. */
export const Solution = z.strictObject({ path: z.string().min(1), goal: z.string().optional() });
export type Solution = z.infer<typeof Solution>;

/** The user's complete request, and the only argument of the workflow. Contains no secret in plain text. */
export const DeployConfig = z.strictObject({
  name: DeploymentName,
  solution: Solution,
  strategy: z.string().min(1).default('auto'),
  allow: z.array(z.string().min(1)).optional(),
  /** A provider that the strategy's configuration lists; the strategy's default when absent. */
  provider: z.string().min(1).optional(),
  /** `auto`, `none`, or names of coding agents in the order in which to try them, separated by commas. */
  agent: z.string().min(1).default('auto'),
  /** Total number of rounds of coding agents. */
  rounds: z.number().int().positive().default(4),
  /** Total cost of coding agents in US dollars; unlimited when absent. */
  budget: z.number().positive().optional(),
  /** `MODULE:CALLABLE` or `MODULE:Class.method`; for an HTTP server, `/PATH` or `:PORT/PATH`. */
  entry: z.string().optional(),
  env: z.array(EnvironmentVariable).default([]),
  resources: Resources.default({}),
  examples: z.array(Example).default([]),
  /** Address of the host at which other machines can call the software; only this machine can when absent. */
  expose: z.union([z.ipv4(), z.ipv6()]).optional(),
  /** Seconds that one call may take; `resources.timeout` when absent, else 60. */
  timeout: z.number().positive().optional(),
  /** Seconds that importing the code may take, without building and setup; 60 when absent. */
  importTimeout: z.number().positive().optional(),
  /** Seconds after a switch during which a failing new revision is rolled back; 0 disables the bake. */
  bake: z.number().nonnegative().default(60),
  /** Seconds that calls may take to finish on a replaced revision. */
  drain: z.number().nonnegative().default(30),
  /** Number of revisions to keep for rollbacks, including the active one. */
  keep: z.number().int().positive().default(5),
  /** Requester of the deployment: `user@machine`. */
  requestedBy: z.string().optional(),
});
export type DeployConfig = z.infer<typeof DeployConfig>;
