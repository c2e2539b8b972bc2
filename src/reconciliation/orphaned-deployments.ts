import { lstat } from 'node:fs/promises';
import { deploymentDirectory } from '../home/home.js';
import { killMarkedProcessesBelow } from '../processes/marked-processes.js';
import type { Effect } from '../workspaces/effect.js';
import { describeEffect, Ledger, removeTree, withPruneLock } from '../workspaces/index.js';
import {
  classifyDeployment,
  type DeploymentClassification,
  type ReconciliationContext,
} from './classify-deployment.js';
import type { DiscoveredResource } from './discover-resources.js';
import { measureTree } from './measure-tree.js';
import type { Orphan, OrphanGroup } from './orphan.js';
import { undoDeploymentEffects } from './undo-deployment-effects.js';

interface EndedDeployment {
  name: string;
  resources: DiscoveredResource[];
  verdict: Extract<DeploymentClassification, { state: 'ended' | 'unclaimed' }>;
}

/** Finds the remaining resources of an ended deployment. */
export async function findOrphanedDeployment(
  context: ReconciliationContext,
  { name, resources, verdict }: EndedDeployment,
): Promise<OrphanGroup> {
  const { root } = deploymentDirectory(context.home, name);
  const pending = await new Ledger(context.home, name).listPending();
  const entries = await Promise.all(pending.map((effect) => describeEntry(effect, resources)));
  const isEntered = pending.some((effect) => effect.kind === 'directory' && effect.path === root);
  const directory = isEntered || !(await exists(root)) ? [] : [await describeDirectory(root)];
  const remaining = [...resources, ...entries.flat(), ...directory];
  const ledger = { kind: 'entry', name: `the ledger of ${name}`, bytes: 0 };
  const items = remaining.length > 0 ? remaining : [ledger];
  return {
    items: items.map((item) => ({
      kind: item.kind,
      name: item.name,
      bytes: item.bytes,
      deployment: name,
      why: verdict.why,
    })),
    isCertain: verdict.state === 'ended',
    remove: () => removeAll(context, { name, resources, verdict }),
  };
}

type OrphanDescription = Pick<Orphan, 'kind' | 'name' | 'bytes'>;

/** Describes the resource of a ledger entry, unless it was discovered already or is only a reference. */
async function describeEntry(effect: Effect, resources: DiscoveredResource[]): Promise<OrphanDescription[]> {
  const name = describeEffect(effect);
  switch (effect.kind) {
    case 'directory':
      return (await exists(effect.path)) ? [await describeDirectory(effect.path)] : [{ kind: 'entry', name, bytes: 0 }];
    case 'runner':
      return resources.some(({ revision }) => revision === effect.plan.revision)
        ? []
        : [{ kind: 'entry', name, bytes: null }];
    default:
      return [];
  }
}

const describeDirectory = async (path: string): Promise<OrphanDescription> => ({
  kind: 'directory',
  name: path,
  bytes: await measureTree(path),
});

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** Removes everything under the lock, which prevents a new deployment of that name. Does nothing if there is one. */
const removeAll = (context: ReconciliationContext, { name, resources, verdict }: EndedDeployment): Promise<boolean> =>
  withPruneLock(context.home, async () => {
    if ((await classifyDeployment(context, name)).state !== verdict.state) return false;
    const { root } = deploymentDirectory(context.home, name);
    await undoDeploymentEffects(context.home, name);
    await killMarkedProcessesBelow(root);
    for (const resource of resources) await resource.remove();
    await removeTree(root);
    return true;
  });
