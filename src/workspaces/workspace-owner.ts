import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeDurably } from '../durable-file.js';
import { gitDirectory } from './git-repository.js';
import { removeTree } from './remove-tree.js';

// A deployment has one workspace, that of its newest revision. The earlier ones are set aside beside their revisions, so
// that what a redeploy gives up can be taken back and each revision can still be compared with its source.

const ownerFile = (workspace: string): string => join(gitDirectory(workspace), 'revision');
const asideOf = (revisions: string, revision: string): string => join(revisions, revision, 'workspace');

/** Notes whose workspace it is. */
export async function ownWorkspace(workspace: string, revision: string): Promise<void> {
  await writeDurably(ownerFile(workspace), revision);
}

export const readOwner = (workspace: string): Promise<string | undefined> =>
  readFile(ownerFile(workspace), 'utf8').catch(() => undefined);

/** Makes room for the workspace of another revision. One that nobody owns is left: its copy was cut off. */
export async function setWorkspaceAside(request: {
  workspace: string;
  revisions: string;
  except: string;
}): Promise<void> {
  const { workspace, revisions, except } = request;
  const owner = await readOwner(workspace);
  if (owner !== undefined && owner !== except) await move(workspace, asideOf(revisions, owner));
}

/** Gives the deployment the newest workspace that is left when one revision is given up. */
export async function bringWorkspaceBack(request: {
  workspace: string;
  revisions: string;
  from: string;
}): Promise<void> {
  const { workspace, revisions, from } = request;
  const owner = await readOwner(workspace);
  if (owner !== undefined && owner !== from) return;
  const before = await findNewest(revisions, from);
  if (before === undefined) return;
  await Promise.all([removeTree(workspace), removeTree(gitDirectory(workspace))]);
  await move(asideOf(revisions, before), workspace);
}

/** Where a revision's workspace lies; undefined where there is none any more. */
export async function findWorkspace(
  workspace: string,
  revisions: string,
  revision: string,
): Promise<string | undefined> {
  if ((await readOwner(workspace)) === revision) return workspace;
  const aside = asideOf(revisions, revision);
  return existsSync(gitDirectory(aside)) ? aside : undefined;
}

/** Of those that were set aside, the one of the highest number. */
async function findNewest(revisions: string, except: string): Promise<string | undefined> {
  const names = (await readdir(revisions).catch(() => [])).filter((name) => name !== except);
  const aside = names.filter((name) => existsSync(gitDirectory(asideOf(revisions, name))));
  return aside.sort((one, other) => Number(one.slice(1)) - Number(other.slice(1))).at(-1);
}

/** The git directory, which names the owner, comes last: until then a repetition goes on with the move. */
async function move(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  if (existsSync(from)) await rename(from, to);
  await rename(gitDirectory(from), gitDirectory(to));
}
