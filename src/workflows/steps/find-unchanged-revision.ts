import type { SourceDigest } from '../../activities/digest-source.js';
import type { DeployConfig } from '../../contract/deploy-config.js';
import type { Foundation } from '../../contract/revision.js';
import { quickActivities } from '../activity-proxies.js';
import { getBaseConfig, mergeConfig } from '../revision/plan-revision.js';
import type { ChangeRequest, KeptRevision, WorkflowState } from '../state/state.js';
import { runOnHost } from './run-on-host.js';

/**
 * Returns the revision to which the result of a redeploy would be identical, with the same source, configuration,
 * strategy and base: the active one or, for a scheduled redeploy, one that was rolled back. Returns null if something
 * differs.
 */
export async function findUnchangedRevision(
  workflow: WorkflowState,
  { redeployment }: ChangeRequest,
): Promise<KeptRevision | null> {
  const { host, active, pendingRevision } = workflow;
  const isResumed = pendingRevision !== null;
  if (isResumed || host === null || active === null || redeployment === null || redeployment.isForced) return null;
  const config = mergeConfig(getBaseConfig(workflow), redeployment);
  const isCandidate = ({ revision: { id }, isRolledBack }: KeptRevision) =>
    id === active.revision || (redeployment.avoidsRolledBack && isRolledBack);
  const candidates = workflow.keptRevisions.filter(
    (kept) => isCandidate(kept) && fingerprintConfig(kept.config) === fingerprintConfig(config),
  );
  if (candidates.length === 0) return null;
  const { path } = config.solution;
  const revisions = candidates.map(describeCandidate);
  const digest = await runOnHost(
    workflow,
    'digestSource',
    (current) => describeDifference(candidates, current) ?? 'nothing has changed',
    () =>
      quickActivities(host).digestSource.executeWithOptions({ summary: `compare ${path} with ${active.revision}` }, [
        { source: path, revisions },
      ]),
  );
  return candidates.findLast((kept) => findDifference(kept, digest) === undefined) ?? null;
}

export const describeUnchanged = ({ revision, isRolledBack }: KeptRevision): string =>
  `nothing differs from ${revision.id}${isRolledBack ? ', which was rolled back' : ''}`;

const describeCandidate = ({ revision, setting, adaptation }: KeptRevision) => ({
  id: revision.id,
  directory: revision.directory,
  strategy: setting.strategy,
  provider: setting.provider,
  runInterface: adaptation.runInterface,
});

/** Describes how the newest candidate differs; undefined if any candidate is unchanged. */
function describeDifference(candidates: KeptRevision[], current: SourceDigest): string | undefined {
  const differences = candidates.map((kept) => findDifference(kept, current));
  return differences.includes(undefined) ? undefined : `${differences.at(-1)} has changed`;
}

/** Returns the difference between the revision and a new one. Unknown properties of either count as unchanged. */
function findDifference(
  { revision, status, setting }: KeptRevision,
  { digest, foundations }: SourceDigest,
): string | undefined {
  if (status.source.digest !== digest) return 'the source';
  const [recorded, current] = [revision.foundation, foundations[revision.id]];
  if (isDifferent(recorded?.strategy, current?.strategy)) return `the strategy ${setting.strategy}`;
  return findChangedBase(recorded?.base, current?.base);
}

function findChangedBase(recorded: Foundation['base'] = null, current: Foundation['base'] = null): string | undefined {
  if (recorded === null || current === null) return undefined;
  return Object.keys(current).find((name) => !(name in recorded) || isDifferent(recorded[name], current[name]));
}

const isDifferent = (one: string | null = null, other: string | null = null): boolean =>
  one !== null && other !== null && one !== other;

/**
 * Omits settings that do not change a revision: the source's path, the requester, and how callers are switched over.
 */
function fingerprintConfig(config: DeployConfig): string {
  const { solution, requestedBy, bake, drain, keep, ...rest } = config;
  return JSON.stringify(
    Object.entries({ ...rest, goal: solution.goal }).sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}
