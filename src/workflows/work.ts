import type { Redeployment } from '../contract/change.js';
import type { DeployConfig } from '../contract/config.js';
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
 * The revision that a redeploy would only make once more, of the same source and configuration: the active one, or for a
 * redeploy that no person asks for one that was rolled back.
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
  const find = (digest: string) => candidates.findLast(({ shown }) => shown.source.digest === digest)?.revision.id;
  const { digest } = await onHost(
    life,
    'digestSource',
    (found) => (find(found.digest) === undefined ? 'the source has changed' : 'the source is unchanged'),
    () =>
      quickOn(host).digestSource.executeWithOptions({ summary: `compare ${path} with ${active.revision}` }, [
        { source: path },
      ]),
  );
  return find(digest) ?? null;
}

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
