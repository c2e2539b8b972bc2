import { writeActiveRevision } from '../calls/active-revision.js';
import type { Handle } from '../contract/handle.js';
import type { Dependencies } from './dependencies.js';
import { describeRevision, type RevisionInput } from './prepare-run-plan.js';
import { step } from './step.js';

/** Makes a revision the one that callers reach. */
export const publishRevision = (dependencies: Dependencies) =>
  step(
    async (input: RevisionInput & { handle: Handle }) => await writePublished(dependencies, input),
    describeRevision,
  );

export async function writePublished(
  { home, registry }: Dependencies,
  input: RevisionInput & { handle: Handle },
): Promise<void> {
  const { config, setting, revision, handle } = input;
  await writeActiveRevision(home, {
    deployment: config.name,
    revision: revision.id,
    isStopped: false,
    runner: registry.getRunnerModule(setting.strategy),
    handle,
  });
}
