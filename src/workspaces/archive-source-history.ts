import { access, mkdir, realpath, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { runGit } from './git-repository.js';
import type { SourceFile } from './list-source-files.js';
import { readSourceText } from './read-source-text.js';
import { removeTree } from './remove-tree.js';
import { findSourceRepository, runSourceGit } from './source-git.js';
import { getHistoryPath, type SourceHistory } from './source-history.js';

/** Commits to archive. Tags of older commits are ignored. */
const maxCommits = 20_000;
/** Commits and trees to archive. */
const maxObjects = 100_000;
/** Manifests to read, and the maximum size of one in bytes. */
const maxManifests = 50;
const maxManifestBytes = 256 * 1024;

/** Checks whether a manifest of the source mentions a tool that takes the version from git. */
export async function usesGitVersion(source: string, files: readonly SourceFile[]): Promise<boolean> {
  const manifests = files
    .filter(({ path }) => /(^|\/)(pyproject\.toml|setup\.(py|cfg))$/.test(path))
    .slice(0, maxManifests);
  const texts = await Promise.all(manifests.map(({ path }) => readSourceText(source, path, maxManifestBytes)));
  return texts.some(({ text = '' }) =>
    /scm|vcs|versioneer|versioning|versioningit|dunamai|\bpbr\b|\bgit\b/i.test(text),
  );
}

/** Archives the source's commits and tags next to its copy. Does nothing if the source is not in a git repository. */
export async function archiveSourceHistory(path: string, workspace: string, commit: string): Promise<void> {
  const source = await realpath(path);
  const top = await findSourceRepository(source);
  if (top === undefined) return;
  const git: ReadGit = async (args, input) => {
    const { stdout, failed } = await runSourceGit({ top, cwd: source }, args, input);
    return failed ? undefined : stdout;
  };
  const head = (await git(['rev-parse', '--verify', 'HEAD^{commit}']))?.trim();
  const log = await git(['rev-list', '--topo-order', `--max-count=${maxCommits}`, '--parents', 'HEAD']);
  if (head === undefined || log === undefined) return;
  const directory = getHistoryPath(workspace);
  await mkdir(directory, { recursive: true });
  const commits = new Map(log.split('\n').flatMap((line) => (line === '' ? [] : [readParents(line)])));
  const tags = readTags((await git(['for-each-ref', `--format=${tagFormat}`, 'refs/tags'])) ?? '', commits);
  const trees = await listTrees(git);
  const objects = [...commits.keys(), ...tags.map(({ id }) => id), ...trees];
  const packed = await git(
    ['pack-objects', '--quiet', join(directory, 'pack')],
    `${[...new Set(objects)].join('\n')}\n`,
  );
  if (packed === undefined) return await removeTree(directory);
  const branch = (await git(['symbolic-ref', '--quiet', '--short', 'HEAD']))?.trim() ?? null;
  const described = (await git(['describe', '--tags', '--long', '--match', '*[0-9]*']))?.trim() ?? null;
  const prefix = relative(top, source);
  const entries = listEntries((await git(['ls-tree', '-r', '-z', 'HEAD'])) ?? '');
  const isClean = await isSameContent(entries, { source, workspace, commit });
  const history: SourceHistory = { commit: head, branch, prefix, isClean, described };
  const shallow = [...commits].filter(
    ([, parents]) => parents.length === 0 || parents.some((parent) => !commits.has(parent)),
  );
  await writeFile(join(directory, 'packed-refs'), writeRefs(tags));
  await writeFile(join(directory, 'shallow'), shallow.map(([id]) => `${id}\n`).join(''));
  await writeFile(join(directory, 'history.json'), JSON.stringify(history));
}

type ReadGit = (args: string[], input?: string) => Promise<string | undefined>;

/**
 * Lists the trees of all archived commits, because some tools ask which commits changed a path. If too many, of HEAD.
 */
async function listTrees(git: ReadGit): Promise<string[]> {
  const walk = [
    'rev-list',
    '--objects',
    '--filter=blob:none',
    '--no-object-names',
    `--max-count=${maxCommits}`,
    'HEAD',
  ];
  const all = (await git(walk))?.split('\n').filter(Boolean);
  if (all !== undefined && all.length <= maxObjects) return all;
  const [root = '', entries = ''] = [await git(['rev-parse', 'HEAD^{tree}']), await git(listHeadTrees)];
  return [root.trim(), ...listEntries(entries).map(({ id }) => id)].filter(Boolean);
}

const listHeadTrees = ['ls-tree', '-r', '-d', '-z', '--full-tree', 'HEAD'];

const readParents = (line: string): [id: string, parents: string[]] => {
  const [id = '', ...parents] = line.trim().split(' ');
  return [id, parents];
};

interface Tag {
  ref: string;
  id: string;
  /** Commit of an annotated tag; empty for a lightweight tag. */
  peeled: string;
}

const tagFormat = '%(refname) %(objectname) %(*objectname)';

const readTags = (text: string, commits: ReadonlyMap<string, unknown>): Tag[] =>
  text
    .split('\n')
    .map((line) => line.split(' '))
    .map(([ref = '', id = '', peeled = '']) => ({ ref, id, peeled }))
    .filter(({ id, peeled }) => commits.has(peeled === '' ? id : peeled));

const writeRefs = (tags: Tag[]): string =>
  [
    '# pack-refs with: peeled fully-peeled ',
    ...tags.flatMap(({ ref, id, peeled }) => [`${id} ${ref}`, ...(peeled === '' ? [] : [`^${peeled}`])]),
    '',
  ].join('\n');

interface TreeEntry {
  type: string;
  id: string;
  path: string;
}

const listEntries = (text: string): TreeEntry[] =>
  text.split('\0').flatMap((line) => {
    const [, type, id, path] = /^\d+ (\w+) ([0-9a-f]+)\t([\s\S]*)$/.exec(line) ?? [];
    return type === undefined || id === undefined || path === undefined ? [] : [{ type, id, path }];
  });

/** Checks whether the copy has the content of the commit. Ignores files that only the copy lacks. */
async function isSameContent(
  entries: TreeEntry[],
  { source, workspace, commit }: { source: string; workspace: string; commit: string },
): Promise<boolean> {
  const copied = listEntries(await runGit(workspace, ['ls-tree', '-r', '-z', commit]));
  const ids = new Map(copied.map(({ path, id }) => [path, id]));
  for (const { type, id, path } of entries) {
    const copiedId = ids.get(path);
    if (type !== 'blob' || copiedId === id) continue;
    const existsInSource = await access(join(source, path)).then(
      () => true,
      () => false,
    );
    if (copiedId !== undefined || !existsInSource) return false;
  }
  return true;
}
