import { z } from 'zod';
import { RunPlan } from '../contract/handle.js';

const DirectoryEffect = z.object({ id: z.string(), kind: z.literal('directory'), path: z.string() });

const RunnerEffect = z.object({
  id: z.string(),
  kind: z.literal('runner'),
  plan: RunPlan,
  /** Enough to load the class that can undo it, also in another process. */
  runner: z.object({ module: z.string(), className: z.string() }),
});
export type RunnerEffect = z.infer<typeof RunnerEffect>;

/** Something that exists outside Berth's own records, or is about to, with all that it takes to undo it. */
export const Effect = z.discriminatedUnion('kind', [DirectoryEffect, RunnerEffect]);
export type Effect = z.infer<typeof Effect>;
