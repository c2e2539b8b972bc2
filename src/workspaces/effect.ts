import * as z from 'zod';
import { RunPlan } from '../contract/handle.js';

const DirectoryEffect = z.object({ id: z.string(), kind: z.literal('directory'), path: z.string() });

/** Whatever bears a mark of something below this directory: agents' programs, installers, and what they started. */
const ProcessesEffect = z.object({
  id: z.string(),
  kind: z.literal('processes'),
  /** The directory as Berth names it, and without links on the way: marks are written both ways. */
  directories: z.array(z.string()),
});

/** The use of something that several deployments share: an environment, a snapshot. Without users it is collected. */
const ReferenceEffect = z.object({ id: z.string(), kind: z.literal('reference'), path: z.string() });
export type ReferenceEffect = z.infer<typeof ReferenceEffect>;

const RunnerEffect = z.object({
  id: z.string(),
  kind: z.literal('runner'),
  plan: RunPlan,
  /** Enough to load the class that can undo it, also in another process. */
  runner: z.object({ module: z.string(), className: z.string() }),
});
export type RunnerEffect = z.infer<typeof RunnerEffect>;

/** Something that exists outside Berth's own records, or is about to, with all that it takes to undo it. */
export const Effect = z.discriminatedUnion('kind', [DirectoryEffect, ProcessesEffect, ReferenceEffect, RunnerEffect]);
export type Effect = z.infer<typeof Effect>;
