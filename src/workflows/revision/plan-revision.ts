import type { SourceDigest } from '../../activities/digest-source.js';
import type { Redeployment } from '../../contract/change.js';
import type { DeployConfig } from '../../contract/deploy-config.js';
import type { Foundation } from '../../contract/revision.js';
import { quickActivities } from '../activity-proxies.js';
import {
  type ChangeRequest,
  createPendingRevision,
  type KeptRevision,
  type PendingRevision,
  type WorkflowState,
} from '../state/state.js';
import { getActiveRevision } from './revision.js';
import { runOnHost } from './run-on-host.js';

// What a redeploy is to bring up, and whether there is anything to do.

/** A new revision of what is deployed, with what is to differ. Of two that begin at once each has its own name. */
export function planRevision(workflow: WorkflowState, { redeployment, by }: ChangeRequest): PendingRevision {
  const config = { ...mergeConfig(getBaseConfig(workflow), redeployment), requestedBy: by };
  workflow.counters.revisions += 1;
  const pending = createPendingRevision(config, `r${workflow.counters.revisions}`, workflow.counters.rounds + 1);
  pending.resolvesAnew = redeployment?.isForced ?? false;
  workflow.pendingRevision = pending;
  if (workflow.info.change !== null) workflow.info.change.revision = pending.revision;
  if (workflow.active === null) {
    workflow.config = config;
    Object.assign(workflow.info, pending.status);
  }
  return pending;
}

/**
 * The revision that a redeploy would only make once more, of the same source, configuration, strategy and base: the active
 * one, or for a redeploy that no person asks for one that was rolled back.
 */
export async function findUnchangedRevision(
  workflow: WorkflowState,
  { redeployment }: ChangeRequest,
): Promise<string | null> {
  const { host, active } = workflow;
  if (host === null || active === null || redeployment === null || redeployment.isForced) return null;
  const config = mergeConfig(getBaseConfig(workflow), redeployment);
  const isCandidate = ({ revision: { id } }: KeptRevision) =>
    id === active.revision || (redeployment.avoidsRolledBack && isRolledBack(workflow, id));
  const candidates = workflow.keptRevisions.filter(
    (kept) => isCandidate(kept) && fingerprintConfig(kept.config) === fingerprintConfig(config),
  );
  if (candidates.length === 0) return null;
  const { path } = config.solution;
  const revisions = candidates.map(({ revision: { id, directory }, setting: { strategy, provider }, adaptation }) => ({
    ...{ id, directory, strategy, provider, runInterface: adaptation.runInterface },
  }));
  const found = await runOnHost(
    workflow,
    'digestSource',
    (current) => describeDifference(candidates, current) ?? 'nothing has changed',
    () =>
      quickActivities(host).digestSource.executeWithOptions({ summary: `compare ${path} with ${active.revision}` }, [
        { source: path, revisions },
      ]),
  );
  return candidates.findLast((kept) => findDifference(kept, found) === undefined)?.revision.id ?? null;
}

/** Of the newest revision, where there is none of which nothing differs. */
function describeDifference(candidates: KeptRevision[], current: SourceDigest): string | undefined {
  const differences = candidates.map((kept) => findDifference(kept, current));
  return differences.includes(undefined) ? undefined : `${differences.at(-1)} has changed`;
}

/** In what the revision differs from one that is made now. What is not known of either of them has not changed. */
function findDifference(
  { revision, status, setting }: KeptRevision,
  { digest, foundations = {} }: SourceDigest,
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

const isRolledBack = ({ info }: WorkflowState, revision: string): boolean =>
  info.revisions.some(({ id, state }) => id === revision && state === 'rolled back');

/** `env` is merged by name, `resources` and `solution` by key; the rest replaces. */
export function mergeConfig(base: DeployConfig, redeployment: Redeployment | null): DeployConfig {
  const { env = [], resources = {}, solution = {}, ...changes } = redeployment?.changes ?? {};
  const replaced = new Set(env.map(({ name }) => name));
  return {
    ...base,
    ...changes,
    solution: { ...base.solution, ...solution },
    env: [...base.env.filter(({ name }) => !replaced.has(name)), ...env],
    resources: { ...base.resources, ...resources },
  };
}

/** A rollback went back to the configuration of its revision, and what comes next goes on from there. */
const getBaseConfig = (workflow: WorkflowState): DeployConfig =>
  workflow.active === null ? workflow.config : getActiveRevision(workflow).config;

/** What makes another revision of the same source: not where it lies, who asked, or how it is switched to. */
function fingerprintConfig(config: DeployConfig): string {
  const { solution, requestedBy, bake, drain, keep, ...rest } = config;
  return JSON.stringify(
    Object.entries({ ...rest, goal: solution.goal }).sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}
