import * as z from 'zod';
import { Resources } from './resources.js';
import { RunInterface } from './run-interface.js';

/** A strategy that was considered, with its score and the reasons for the score. */
export const Candidate = z.object({
  strategy: z.string(),
  score: z.number(),
  reasons: z.array(z.string()),
  /** Reason why it cannot be chosen; absent if it can. */
  excluded: z.string().optional(),
});
export type Candidate = z.infer<typeof Candidate>;

/** Decision of the selection. */
export const DeploymentSetting = z.object({
  strategy: z.string(),
  provider: z.string().nullable(),
  interface: z.string(),
  resources: Resources,
  runInterface: RunInterface,
  decidedBy: z.enum(['user', 'rules', 'model']),
  reasoning: z.string(),
  candidates: z.array(Candidate),
});
export type DeploymentSetting = z.infer<typeof DeploymentSetting>;
