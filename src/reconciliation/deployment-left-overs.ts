import { lstat } from 'node:fs/promises';
import { deploymentDirectory } from '../home.js';
import { killMarkedBelow } from '../runners/marked-processes.js';
import type { Effect } from '../workspaces/effect.js';
import { describeEffect, Ledger, removeTree, withCollectionLock } from '../workspaces/index.js';
import type { LeftOver, LeftOvers } from './left-over.js';
import { measureTree } from './measure-tree.js';
import type { Thing } from './survey.js';
import { undoDeployment } from './undo-deployment.js';
import { type Judge, judge, type Verdict } from './verdict.js';

interface Ended {
  name: string;
  things: Thing[];
  verdict: Extract<Verdict, { state: 'over' | 'unclaimed' }>;
}

/** All that is left of a deployment which is over. */
export async function findDeploymentLeftOvers(by: Judge, { name, things, verdict }: Ended): Promise<LeftOvers> {
  const { root } = deploymentDirectory(by.home, name);
  const pending = await new Ledger(by.home, name).pending();
  const entries = await Promise.all(pending.map((effect) => describeEntry(effect, things)));
  const isEntered = pending.some((effect) => effect.kind === 'directory' && effect.path === root);
  const directory = isEntered || !(await exists(root)) ? [] : [await describeDirectory(root)];
  const found = [...things, ...entries.flat(), ...directory];
  const ledger = { kind: 'entry', name: `the ledger of ${name}`, bytes: 0 };
  const items = found.length > 0 ? found : [ledger];
  return {
    items: items.map(({ kind, name: what, bytes }) => ({
      ...{ kind, name: what, bytes, deployment: name },
      why: verdict.why,
    })),
    isCertain: verdict.state === 'over',
    remove: () => removeAll(by, { name, things, verdict }),
  };
}

type Described = Pick<LeftOver, 'kind' | 'name' | 'bytes'>;

/** What a ledger's entry stands for; nothing where the world has shown it already, or where it is a mere use. */
async function describeEntry(effect: Effect, things: Thing[]): Promise<Described[]> {
  const name = describeEffect(effect);
  switch (effect.kind) {
    case 'directory':
      return (await exists(effect.path)) ? [await describeDirectory(effect.path)] : [{ kind: 'entry', name, bytes: 0 }];
    case 'runner':
      return things.some(({ revision }) => revision === effect.plan.revision)
        ? []
        : [{ kind: 'entry', name, bytes: null }];
    default:
      return [];
  }
}

const describeDirectory = async (path: string): Promise<Described> => ({
  ...{ kind: 'directory', name: path, bytes: await measureTree(path) },
});

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** Under the lock nobody begins a deployment of that name; one that has begun meanwhile keeps all. */
const removeAll = (by: Judge, { name, things, verdict }: Ended): Promise<boolean> =>
  withCollectionLock(by.home, async () => {
    if ((await judge(by, name)).state !== verdict.state) return false;
    const { root } = deploymentDirectory(by.home, name);
    await undoDeployment(by.home, name);
    await killMarkedBelow(root);
    for (const thing of things) await thing.remove();
    await removeTree(root);
    return true;
  });
