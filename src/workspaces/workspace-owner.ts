import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeDurably } from '../home/durable-file.js';
import { getGitDirectory } from './git-repository.js';
import { removeTree } from './remove-tree.js';

// A deployment has one workspace, which its newest revision owns. Earlier workspaces are archived with their revisions,
// so that an abandoned redeploy can be undone and each revision can be compared with its source.

const getOwnerPath = (workspace: string): string => join(getGitDirectory(workspace), 'revision');
const getArchivePath = (revisions: string, revision: string): string => join(revisions, revision, 'workspace');

/** Records the revision that owns the workspace. */
export async function setWorkspaceOwner(workspace: string, revision: string): Promise<void> {
  await writeDurably(getOwnerPath(workspace), revision);
}

export const readWorkspaceOwner = (workspace: string): Promise<string | undefined> =>
  readFile(getOwnerPath(workspace), 'utf8').catch(() => undefined);

/** Archives the workspace, unless `except` owns it. A workspace without an owner is an incomplete copy and stays. */
export async function archiveWorkspace(request: {
  workspace: string;
  revisions: string;
  except: string;
}): Promise<void> {
  const { workspace, revisions, except } = request;
  const owner = await readWorkspaceOwner(workspace);
  if (owner !== undefined && owner !== except) await moveWorkspace(workspace, getArchivePath(revisions, owner));
}

/** Restores the newest archived workspace after the revision `from` is abandoned. */
export async function restoreWorkspace(request: { workspace: string; revisions: string; from: string }): Promise<void> {
  const { workspace, revisions, from } = request;
  const owner = await readWorkspaceOwner(workspace);
  if (owner !== undefined && owner !== from) return;
  const previous = await findNewestArchived(revisions, from);
  if (previous === undefined) return;
  await Promise.all([removeTree(workspace), removeTree(getGitDirectory(workspace))]);
  await moveWorkspace(getArchivePath(revisions, previous), workspace);
}

/** Returns the path of a revision's workspace; undefined if it no longer exists. */
export async function findWorkspace(
  workspace: string,
  revisions: string,
  revision: string,
): Promise<string | undefined> {
  if ((await readWorkspaceOwner(workspace)) === revision) return workspace;
  const archive = getArchivePath(revisions, revision);
  return existsSync(getGitDirectory(archive)) ? archive : undefined;
}

/** Returns the archived revision with the highest number. */
async function findNewestArchived(revisions: string, except: string): Promise<string | undefined> {
  const names = (await readdir(revisions).catch(() => [])).filter((name) => name !== except);
  const archived = names.filter((name) => existsSync(getGitDirectory(getArchivePath(revisions, name))));
  return archived.sort((a, b) => Number(a.slice(1)) - Number(b.slice(1))).at(-1);
}

/** Moves the git directory last. It names the owner, so an interrupted move continues when it is repeated. */
async function moveWorkspace(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  if (existsSync(from)) await rename(from, to);
  await rename(getGitDirectory(from), getGitDirectory(to));
}
