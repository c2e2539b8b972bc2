import { writeActiveRevision } from '../calls/active-revision.js';
import type { Handle } from '../contract/handle.js';
import type { Dependencies } from './support/dependencies.js';
import { describeRevision, type RevisionInput } from './support/prepare-run-plan.js';
import { step } from './support/step.js';

/** Switches callers to a revision. */
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
