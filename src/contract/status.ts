import * as z from 'zod';
import { CurrentChange, PastChange, RequestedChange } from './change.js';
import { DeploymentState, LastError } from './deployment-state.js';
import { Resources } from './resources.js';
import { ContractReport, VerificationCheck } from './revision.js';
import { RunInterface } from './run-interface.js';
import { Candidate } from './setting.js';

export { DeploymentState, LastError } from './deployment-state.js';

export const StepRecord = z.object({
  step: z.string(),
  /** ISO 8601; `finishedAt` is null while it runs. */
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  /** Result in one line. */
  note: z.string(),
  /** Reason for the decision; absent if the step decided nothing. */
  why: z.string().optional(),
  /** Cost in US dollars; absent if the step cost nothing. */
  dollars: z.number().optional(),
});
export type StepRecord = z.infer<typeof StepRecord>;

/** Info about a deployment, as `--json` prints it and the `status` query returns it. Add keys, but never rename one. */
export const DeploymentInfo = z.object({
  name: z.string(),
  state: DeploymentState,
  strategy: z.string().nullable(),
  provider: z.string().nullable(),
  interface: z.string().nullable(),
  resources: Resources,
  endpoint: z.string().nullable(),
  revision: z.string().nullable(),
  adaptedPath: z.string().nullable(),
  adaptedFiles: z.array(z.string()),
  runInterface: RunInterface.nullable(),
  selection: z
    .object({ decidedBy: z.enum(['user', 'rules', 'model']), reasoning: z.string(), candidates: z.array(Candidate) })
    .nullable(),
  adaptation: z
    .object({
      by: z.string(),
      summary: z.string(),
      rounds: z.number(),
      cost: z.number(),
      sessionId: z.string().nullable(),
    })
    .nullable(),
  contract: ContractReport.nullable(),
  revisions: z.array(
    z.object({ id: z.string(), state: z.string(), createdAt: z.string(), digest: z.string().nullable() }),
  ),
  restarts: z.number().int(),
  lastError: LastError.nullable(),
  webUrl: z.string().nullable(),
  source: z.object({ path: z.string(), digest: z.string().nullable() }),
  host: z.string().nullable(),
  steps: z.array(StepRecord),
  checks: z.array(VerificationCheck),
  /** Choices that Berth made for the user. */
  notes: z.array(z.string()),
  /** The change in progress. */
  change: CurrentChange.nullable(),
  /** The change that starts after it. */
  next: RequestedChange.nullable(),
  /** The newest finished changes, oldest first. */
  changes: z.array(PastChange),
  /** Retired revisions that could not be stopped yet. Berth retries. Absent when there are none. */
  leftOvers: z.array(z.object({ revision: z.string(), message: z.string() })).optional(),
  /** Present during the bake of a new revision; null otherwise. */
  bake: z.object({ revision: z.string(), previous: z.string(), until: z.string() }).nullable(),
});
export type DeploymentInfo = z.infer<typeof DeploymentInfo>;
