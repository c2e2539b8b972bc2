import { lstat, readdir } from 'node:fs/promises';
import { deploymentDirectory, revisionDirectory } from '../home.js';
import { withCollectionLock } from '../workspaces/index.js';
import type { LeftOver, LeftOvers } from './left-over.js';
import { measureTree } from './measure-tree.js';
import type { Thing } from './survey.js';
import { undoRevision } from './undo-revision.js';
import type { Judge } from './verdict.js';

interface Living {
  name: string;
  things: Thing[];
}

/** What is left of revisions that a living deployment has given up: newer ones are kept, and so is one in the making. */
export async function findRevisionLeftOvers(by: Judge, { name, things }: Living): Promise<LeftOvers[]> {
  const present = new Set([...(await listDirectories(by, name)), ...things.map(({ revision }) => revision)]);
  const candidates = [...present].filter((id) => id !== null && /^r\d+$/.test(id)) as string[]; // not null: filtered
  if (candidates.length < 2) return [];
  const givenUp = await findGivenUp(by, name, candidates);
  return await Promise.all(givenUp.map((id) => describeRevision(by, { name, id, things })));
}

const listDirectories = ({ home }: Judge, name: string): Promise<string[]> =>
  readdir(deploymentDirectory(home, name).revisions).catch(() => []);

async function findGivenUp({ server }: Judge, name: string, candidates: string[]): Promise<string[]> {
  const kept = await server.listRevisions(name);
  const newest = Math.max(0, ...kept.map(numberOf));
  return candidates.filter((id) => !kept.includes(id) && numberOf(id) < newest);
}

const numberOf = (id: string): number => Number(id.slice(1));

interface Revision extends Living {
  id: string;
}

async function describeRevision(by: Judge, revision: Revision): Promise<LeftOvers> {
  const { name, id, things } = revision;
  const { root } = revisionDirectory(by.home, name, id);
  const own = things.filter((thing) => thing.revision === id);
  const bytes = (await lstat(root).catch(() => undefined)) === undefined ? 0 : await measureTree(root);
  const why = `${name} keeps no revision ${id} any more`;
  const items: LeftOver[] = [{ kind: 'directory', name: root, bytes }, ...own].map((item) => ({
    ...{ kind: item.kind, name: item.name, bytes: item.bytes, deployment: name, why },
  }));
  return { items, isCertain: false, remove: () => remove(by, revision) };
}

const remove = (by: Judge, { name, id, things }: Revision): Promise<boolean> =>
  withCollectionLock(by.home, async () => {
    if (!(await findGivenUp(by, name, [id])).includes(id)) return false;
    await undoRevision(by.home, name, id);
    for (const thing of things) if (thing.revision === id) await thing.remove();
    return true;
  });
