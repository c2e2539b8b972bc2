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
  /** What it did or found, in one line. */
  note: z.string(),
  /** Why it decided as it did; absent where it decided nothing. */
  why: z.string().optional(),
  /** What it cost; absent where it cost nothing. */
  dollars: z.number().optional(),
});
export type StepRecord = z.infer<typeof StepRecord>;

/** The deployment's info, as `--json` prints it and the `status` query answers it. Keys are added, never renamed. */
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
  /** Choices that the user did not make. */
  notes: z.array(z.string()),
  /** What is being made, and what waits for its turn; null when there is none. */
  change: CurrentChange.nullable(),
  next: RequestedChange.nullable(),
  /** The newest changes that are over, oldest first. */
  changes: z.array(PastChange),
  /** What could not be ended of revisions that nobody calls any more, and is tried again; absent where there is none. */
  leftOvers: z.array(z.object({ revision: z.string(), message: z.string() })).optional(),
  /** While a new revision has to prove itself; null after that. */
  bake: z.object({ revision: z.string(), previous: z.string(), until: z.string() }).nullable(),
});
export type DeploymentInfo = z.infer<typeof DeploymentInfo>;
