import * as z from 'zod';
import { RunPlan } from '../contract/handle.js';

const DirectoryEffect = z.object({ id: z.string(), kind: z.literal('directory'), path: z.string() });

/** Processes with a mark of a path below these directories: coding agents, installers, and their child processes. */
const ProcessesEffect = z.object({
  id: z.string(),
  kind: z.literal('processes'),
  /** The directory as Berth names it, and its real path. Marks may contain either. */
  directories: z.array(z.string()),
});

/** Use of a resource that deployments share: an environment or a snapshot. Berth prunes unused ones. */
const ReferenceEffect = z.object({ id: z.string(), kind: z.literal('reference'), path: z.string() });
export type ReferenceEffect = z.infer<typeof ReferenceEffect>;

const RunnerEffect = z.object({
  id: z.string(),
  kind: z.literal('runner'),
  plan: RunPlan,
  /** Identifies the runner class that undoes it, so that any process can load it. */
  runner: z.object({ module: z.string(), className: z.string() }),
});
export type RunnerEffect = z.infer<typeof RunnerEffect>;

/** An external resource that exists or is about to, with all data needed to undo it. */
export const Effect = z.discriminatedUnion('kind', [DirectoryEffect, ProcessesEffect, ReferenceEffect, RunnerEffect]);
export type Effect = z.infer<typeof Effect>;
