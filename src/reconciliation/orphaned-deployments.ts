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
  verdict: Extract<DeploymentClassification, { state: 'over' | 'unclaimed' }>;
}

/** All that is left of a deployment which is over. */
export async function findOrphanedDeployment(
  context: ReconciliationContext,
  { name, resources, verdict }: EndedDeployment,
): Promise<OrphanGroup> {
  const { root } = deploymentDirectory(context.home, name);
  const pending = await new Ledger(context.home, name).listPending();
  const entries = await Promise.all(pending.map((effect) => describeEntry(effect, resources)));
  const isEntered = pending.some((effect) => effect.kind === 'directory' && effect.path === root);
  const directory = isEntered || !(await exists(root)) ? [] : [await describeDirectory(root)];
  const found = [...resources, ...entries.flat(), ...directory];
  const ledger = { kind: 'entry', name: `the ledger of ${name}`, bytes: 0 };
  const items = found.length > 0 ? found : [ledger];
  return {
    items: items.map(({ kind, name: what, bytes }) => ({
      ...{ kind, name: what, bytes, deployment: name },
      why: verdict.why,
    })),
    isCertain: verdict.state === 'over',
    remove: () => removeAll(context, { name, resources, verdict }),
  };
}

type OrphanDescription = Pick<Orphan, 'kind' | 'name' | 'bytes'>;

/** What a ledger's entry stands for; nothing where the world has shown it already, or where it is a mere use. */
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
  ...{ kind: 'directory', name: path, bytes: await measureTree(path) },
});

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** Under the lock nobody begins a deployment of that name; one that has begun meanwhile keeps all. */
const removeAll = (context: ReconciliationContext, { name, resources, verdict }: EndedDeployment): Promise<boolean> =>
  withPruneLock(context.home, async () => {
    if ((await classifyDeployment(context, name)).state !== verdict.state) return false;
    const { root } = deploymentDirectory(context.home, name);
    await undoDeploymentEffects(context.home, name);
    await killMarkedProcessesBelow(root);
    for (const thing of resources) await thing.remove();
    await removeTree(root);
    return true;
  });
