import { lstat, readdir } from 'node:fs/promises';
import { deploymentDirectory, revisionDirectory } from '../home/home.js';
import { withPruneLock } from '../workspaces/index.js';
import type { ReconciliationContext } from './classify-deployment.js';
import type { DiscoveredResource } from './discover-resources.js';
import { measureTree } from './measure-tree.js';
import type { Orphan, OrphanGroup } from './orphan.js';
import { undoRevision } from './undo-revision.js';

interface OpenDeployment {
  name: string;
  resources: DiscoveredResource[];
}

/** Finds the remains of revisions that an open deployment no longer keeps. A revision in progress is newer, and stays. */
export async function findOrphanedRevisions(
  context: ReconciliationContext,
  { name, resources }: OpenDeployment,
): Promise<OrphanGroup[]> {
  const present = new Set([...(await listDirectories(context, name)), ...resources.map(({ revision }) => revision)]);
  const candidates = [...present].filter((id) => id !== null && /^r\d+$/.test(id)) as string[]; // null is filtered out
  if (candidates.length < 2) return [];
  const abandoned = await findAbandonedRevisions(context, name, candidates);
  return await Promise.all(abandoned.map((id) => describeRevision(context, { name, id, resources })));
}

const listDirectories = ({ home }: ReconciliationContext, name: string): Promise<string[]> =>
  readdir(deploymentDirectory(home, name).revisions).catch(() => []);

async function findAbandonedRevisions(
  { server }: ReconciliationContext,
  name: string,
  candidates: string[],
): Promise<string[]> {
  const current = await server.listRevisions(name);
  const newest = Math.max(0, ...current.map(getRevisionNumber));
  return candidates.filter((id) => !current.includes(id) && getRevisionNumber(id) < newest);
}

const getRevisionNumber = (id: string): number => Number(id.slice(1));

interface Revision extends OpenDeployment {
  id: string;
}

async function describeRevision(context: ReconciliationContext, revision: Revision): Promise<OrphanGroup> {
  const { name, id, resources } = revision;
  const { root } = revisionDirectory(context.home, name, id);
  const revisionResources = resources.filter((resource) => resource.revision === id);
  const bytes = (await lstat(root).catch(() => undefined)) === undefined ? 0 : await measureTree(root);
  const why = `${name} no longer keeps revision ${id}`;
  const items: Orphan[] = [{ kind: 'directory', name: root, bytes }, ...revisionResources].map((item) => ({
    kind: item.kind,
    name: item.name,
    bytes: item.bytes,
    deployment: name,
    why,
  }));
  return { items, isCertain: false, remove: () => removeRevision(context, revision) };
}

const removeRevision = (context: ReconciliationContext, { name, id, resources }: Revision): Promise<boolean> =>
  withPruneLock(context.home, async () => {
    if (!(await findAbandonedRevisions(context, name, [id])).includes(id)) return false;
    await undoRevision(context.home, name, id);
    for (const resource of resources) if (resource.revision === id) await resource.remove();
    return true;
  });
