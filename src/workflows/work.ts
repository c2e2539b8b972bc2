import type { SourceDigest } from '../activities/digest-source.js';
import type { Redeployment } from '../contract/change.js';
import type { DeployConfig } from '../contract/config.js';
import type { Foundation } from '../contract/revision.js';
import { beginWork, type ChangeRequest, type KeptRevision, type Life, type Work } from './life.js';
import { onHost } from './on-host.js';
import { activeRevision } from './revision.js';
import { quickOn } from './steps.js';

// What a redeploy is to bring up, and whether there is anything to do.

/** A new revision of what is deployed, with what is to differ. Of two that begin at once each has its own name. */
export function beginRevision(life: Life, { redeployment, by }: ChangeRequest): Work {
  const config = { ...configure(baseOf(life), redeployment), requestedBy: by };
  life.counted.revisions += 1;
  const work = beginWork(config, `r${life.counted.revisions}`, life.counted.rounds + 1);
  work.isFresh = redeployment?.isForced ?? false;
  life.work = work;
  if (life.info.change !== null) life.info.change.revision = work.revision;
  if (life.active === null) {
    life.config = config;
    Object.assign(life.info, work.shown);
  }
  return work;
}

/**
 * The revision that a redeploy would only make once more, of the same source, configuration, strategy and base: the active
 * one, or for a redeploy that no person asks for one that was rolled back.
 */
export async function findSame(life: Life, { redeployment }: ChangeRequest): Promise<string | null> {
  const { host, active } = life;
  if (host === null || active === null || redeployment === null || redeployment.isForced) return null;
  const config = configure(baseOf(life), redeployment);
  const isCandidate = ({ revision: { id } }: KeptRevision) =>
    id === active.revision || (redeployment.avoidsRolledBack && isRolledBack(life, id));
  const candidates = life.kept.filter(
    (kept) => isCandidate(kept) && describeWhatCounts(kept.config) === describeWhatCounts(config),
  );
  if (candidates.length === 0) return null;
  const { path } = config.solution;
  const revisions = candidates.map(({ revision: { id, directory }, setting: { strategy, provider }, adaptation }) => ({
    ...{ id, directory, strategy, provider, runInterface: adaptation.runInterface },
  }));
  const found = await onHost(
    life,
    'digestSource',
    (now) => describeDifference(candidates, now) ?? 'nothing has changed',
    () =>
      quickOn(host).digestSource.executeWithOptions({ summary: `compare ${path} with ${active.revision}` }, [
        { source: path, revisions },
      ]),
  );
  return candidates.findLast((kept) => findDifference(kept, found) === undefined)?.revision.id ?? null;
}

/** Of the newest revision, where there is none of which nothing differs. */
function describeDifference(candidates: KeptRevision[], now: SourceDigest): string | undefined {
  const differences = candidates.map((kept) => findDifference(kept, now));
  return differences.includes(undefined) ? undefined : `${differences.at(-1)} has changed`;
}

/** In what the revision differs from one that is made now. What is not known of either of them has not changed. */
function findDifference(
  { revision, shown, setting }: KeptRevision,
  { digest, foundations = {} }: SourceDigest,
): string | undefined {
  if (shown.source.digest !== digest) return 'the source';
  const [then, now] = [revision.foundation, foundations[revision.id]];
  if (isOther(then?.strategy, now?.strategy)) return `the strategy ${setting.strategy}`;
  return findMoved(then?.base, now?.base);
}

function findMoved(then: Foundation['base'] = null, now: Foundation['base'] = null): string | undefined {
  if (then === null || now === null) return undefined;
  return Object.keys(now).find((name) => !(name in then) || isOther(then[name], now[name]));
}

const isOther = (one: string | null = null, other: string | null = null): boolean =>
  one !== null && other !== null && one !== other;

const isRolledBack = ({ info }: Life, revision: string): boolean =>
  info.revisions.some(({ id, state }) => id === revision && state === 'rolled back');

/** `env` is merged by name, `resources` and `solution` by key; the rest replaces. */
export function configure(base: DeployConfig, redeployment: Redeployment | null): DeployConfig {
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
const baseOf = (life: Life): DeployConfig => (life.active === null ? life.config : activeRevision(life).config);

/** What makes another revision of the same source: not where it lies, who asked, or how it is switched to. */
function describeWhatCounts(config: DeployConfig): string {
  const { solution, requestedBy, bake, drain, keep, ...rest } = config;
  return JSON.stringify(
    Object.entries({ ...rest, goal: solution.goal }).sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}
