import * as z from 'zod';
import { Example } from './example.js';
import { Resources } from './resources.js';

export const DeploymentName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/, 'is lower-case letters, digits and hyphens, at most 40');

/** A variable of the software: taken from the worker's environment when the software starts, or sealed by the client. */
export const EnvironmentVariable = z.union([
  z.strictObject({ name: z.string().min(1), from: z.literal('worker') }),
  z.strictObject({ name: z.string().min(1), sealed: z.string().min(1) }),
]);
export type EnvironmentVariable = z.infer<typeof EnvironmentVariable>;

/** The repository and what it is meant to do. */
export const Solution = z.strictObject({ path: z.string().min(1), goal: z.string().optional() });
export type Solution = z.infer<typeof Solution>;

/** What the user asks for, in full: the workflow's one argument. Holds no secret in clear. */
export const DeployConfig = z.strictObject({
  name: DeploymentName,
  solution: Solution,
  strategy: z.string().min(1).default('auto'),
  allow: z.array(z.string().min(1)).optional(),
  /** One that the strategy's configuration names; the strategy's default when absent. */
  provider: z.string().min(1).optional(),
  /** `auto`, `none`, or agents' names in the order in which they are tried, separated by commas. */
  agent: z.string().min(1).default('auto'),
  /** Rounds that coding agents may take, all in all. */
  rounds: z.number().int().positive().default(4),
  /** US dollars that they may cost, all in all; no bound when absent. */
  budget: z.number().positive().optional(),
  /** `MODULE:CALLABLE` or `MODULE:Class.method`; of an HTTP server `/PATH` or `:PORT/PATH`. */
  entry: z.string().optional(),
  env: z.array(EnvironmentVariable).default([]),
  resources: Resources.default({}),
  examples: z.array(Example).default([]),
  /** Address of the host at which other machines may call it; this machine alone when absent. */
  expose: z.union([z.ipv4(), z.ipv6()]).optional(),
  /** Seconds that one call may take; what `resources` say when absent, else 60. */
  timeout: z.number().positive().optional(),
  /** Seconds that importing the code may take, without what builds and sets it up; 60 when absent. */
  importTimeout: z.number().positive().optional(),
  /** Seconds after a switch in which a new revision that does badly is rolled back; 0: none. */
  bake: z.number().nonnegative().default(60),
  /** Seconds that calls have to finish on a revision that was replaced. */
  drain: z.number().nonnegative().default(30),
  /** Revisions that are kept to roll back to, the active one included. */
  keep: z.number().int().positive().default(5),
  /** Who asked for the deployment: `user@machine`. */
  requestedBy: z.string().optional(),
});
export type DeployConfig = z.infer<typeof DeployConfig>;
