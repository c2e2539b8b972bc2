import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeDurably } from '../home/durable-file.js';
import { getGitDirectory } from './git-repository.js';
import { removeTree } from './remove-tree.js';

// A deployment has one workspace, that of its newest revision. The earlier ones are set aside beside their revisions, so
// that what a redeploy gives up can be taken back and each revision can still be compared with its source.

const getOwnerPath = (workspace: string): string => join(getGitDirectory(workspace), 'revision');
const getArchivePath = (revisions: string, revision: string): string => join(revisions, revision, 'workspace');

/** Notes whose workspace it is. */
export async function setWorkspaceOwner(workspace: string, revision: string): Promise<void> {
  await writeDurably(getOwnerPath(workspace), revision);
}

export const readWorkspaceOwner = (workspace: string): Promise<string | undefined> =>
  readFile(getOwnerPath(workspace), 'utf8').catch(() => undefined);

/** Makes room for the workspace of another revision. One that nobody owns is left: its copy was cut off. */
export async function archiveWorkspace(request: {
  workspace: string;
  revisions: string;
  except: string;
}): Promise<void> {
  const { workspace, revisions, except } = request;
  const owner = await readWorkspaceOwner(workspace);
  if (owner !== undefined && owner !== except) await moveWorkspace(workspace, getArchivePath(revisions, owner));
}

/** Gives the deployment the newest workspace that is left when one revision is given up. */
export async function restoreWorkspace(request: { workspace: string; revisions: string; from: string }): Promise<void> {
  const { workspace, revisions, from } = request;
  const owner = await readWorkspaceOwner(workspace);
  if (owner !== undefined && owner !== from) return;
  const before = await findNewestArchived(revisions, from);
  if (before === undefined) return;
  await Promise.all([removeTree(workspace), removeTree(getGitDirectory(workspace))]);
  await moveWorkspace(getArchivePath(revisions, before), workspace);
}

/** Where a revision's workspace lies; undefined where there is none any more. */
export async function findWorkspace(
  workspace: string,
  revisions: string,
  revision: string,
): Promise<string | undefined> {
  if ((await readWorkspaceOwner(workspace)) === revision) return workspace;
  const aside = getArchivePath(revisions, revision);
  return existsSync(getGitDirectory(aside)) ? aside : undefined;
}

/** Of those that were set aside, the one of the highest number. */
async function findNewestArchived(revisions: string, except: string): Promise<string | undefined> {
  const names = (await readdir(revisions).catch(() => [])).filter((name) => name !== except);
  const aside = names.filter((name) => existsSync(getGitDirectory(getArchivePath(revisions, name))));
  return aside.sort((one, other) => Number(one.slice(1)) - Number(other.slice(1))).at(-1);
}

/** The git directory, which names the owner, comes last: until then a repetition goes on with the move. */
async function moveWorkspace(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  if (existsSync(from)) await rename(from, to);
  await rename(getGitDirectory(from), getGitDirectory(to));
}
