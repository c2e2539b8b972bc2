import { extname } from 'node:path/posix';
import { runGit } from '../../workspaces/git-repository.js';
import { isData, isExampleFile, isGenerated, isSourceCode, isTest } from './file-roles.js';
import { readAddedLines } from './read-added-lines.js';
import type { Change, ChangedFile } from './read-change.js';

/** A file of the user's that a change took away, and how. */
export interface DamagedFile {
  path: string;
  damage: string;
}

/** Finds what a change took away of the user's: code, data, tests, examples. Code that was moved is still there. */
export async function findDamagedFiles(workspace: string, change: Change): Promise<DamagedFile[]> {
  const moved = new MovedCode(workspace, change);
  const taken: DamagedFile[] = [];
  for (const file of change.files.filter(({ kind }) => kind !== 'added')) {
    const fault = findDamage(file) ?? (await findLoss(file, moved));
    if (fault !== undefined) taken.push({ path: file.path, damage: fault });
  }
  return taken;
}

function findDamage({ path, kind, deleted }: ChangedFile): string | undefined {
  if (isTest(path)) {
    if (kind === 'deleted') return 'a test was deleted';
    return (deleted ?? 0) > 0 ? 'lines of a test were deleted or changed' : undefined;
  }
  if (isExampleFile(path)) return 'a file of examples was changed';
  return kind === 'deleted' && isData(path) ? 'the user’s data was deleted' : undefined;
}

/** Files with fewer lines are often changed as a whole. */
const minReplacedLines = 10;

/** Shares of a file's lines: what is left of code that was moved; what is replaced. */
const [movedShare, replacedShare] = [0.8, 0.2];

async function findLoss(file: ChangedFile, moved: MovedCode): Promise<string | undefined> {
  const { path, kind, deleted } = file;
  if (kind !== 'deleted' && (deleted ?? 0) === 0) return undefined;
  const text = await moved.readSource(path);
  if (!isCode(path, text) || isGenerated(path, text)) return undefined;
  const share = await moved.findShare(file, text);
  if (kind === 'deleted') return share < movedShare && text.trim() !== '' ? 'the user’s code was deleted' : undefined;
  const lines = text.trimEnd().split('\n').length;
  const isGone = (deleted ?? 0) >= lines * 0.9;
  if (!isGone || share >= movedShare) return undefined;
  const isReplaced = lines >= minReplacedLines && share < replacedShare;
  return isReplaced || (await moved.isEmptied(path))
    ? `${deleted} of its ${lines} lines of the user’s code were deleted`
    : undefined;
}

/** A script needs no extension. */
const isCode = (path: string, text: string): boolean =>
  isSourceCode(path) || (extname(path) === '' && text.startsWith('#!'));

/** Where the lines of the user's code are after a change. */
class MovedCode {
  private added: Promise<Map<string, string>> | undefined;

  constructor(
    private readonly workspace: string,
    private readonly change: Change,
  ) {}

  readSource(path: string): Promise<string> {
    return this.read(this.change.source, path);
  }

  /** Of the lines that say something, those that were left in the file or added to another of its kind, from 0 to 1. */
  async findShare({ path, kind }: ChangedFile, text: string): Promise<number> {
    const lines = listLines(text);
    if (lines.length === 0) return 1;
    this.added ??= this.readAdded();
    const here = kind === 'deleted' ? '' : await this.read(this.change.commit, path);
    const elsewhere = [...(await this.added)].filter(([other]) => extname(other) === extname(path));
    const present = new Set([here, ...elsewhere.map(([, added]) => added)].flatMap(listLines));
    return lines.filter((line) => present.has(line)).length / lines.length;
  }

  /** Whether no line but blanks and comments is left. */
  async isEmptied(path: string): Promise<boolean> {
    const text = await this.read(this.change.commit, path);
    return text.split('\n').every((line) => /^\s*($|#|\/\/|\/?\*|--|pass\s*$)/.test(line));
  }

  private read(commit: string, path: string): Promise<string> {
    return runGit(this.workspace, ['cat-file', 'blob', `${commit}:${path}`]);
  }

  private readAdded(): Promise<Map<string, string>> {
    const { files } = this.change;
    const paths = files.filter(({ kind, added }) => kind !== 'deleted' && (added ?? 0) > 0).map(({ path }) => path);
    return readAddedLines(this.workspace, this.change, paths);
  }
}

/** Without their indentation; brackets and the like are in every file. */
const listLines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.length > 3);
