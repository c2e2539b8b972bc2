import { extname } from 'node:path/posix';
import { runGit } from '../../workspaces/git-repository.js';
import { isData, isExampleFile, isGenerated, isSourceCode, isTest } from './file-roles.js';
import { readAddedLines } from './read-added-lines.js';
import type { Change, ChangedFile } from './read-change.js';

/** A user's file that a change damaged, and how. */
export interface DamagedFile {
  path: string;
  damage: string;
}

/** Finds the user's code, data, tests and examples that a change damaged. Moved code is not damaged. */
export async function findDamagedFiles(workspace: string, change: Change): Promise<DamagedFile[]> {
  const moved = new MovedCode(workspace, change);
  const damaged: DamagedFile[] = [];
  for (const file of change.files.filter(({ kind }) => kind !== 'added')) {
    const damage = findDamage(file) ?? (await findLoss(file, moved));
    if (damage !== undefined) damaged.push({ path: file.path, damage });
  }
  return damaged;
}

function findDamage({ path, kind, deleted }: ChangedFile): string | undefined {
  if (isTest(path)) {
    if (kind === 'deleted') return 'a test was deleted';
    return (deleted ?? 0) > 0 ? 'lines of a test were deleted or changed' : undefined;
  }
  if (isExampleFile(path)) return 'an example file was changed';
  return kind === 'deleted' && isData(path) ? 'the user’s data was deleted' : undefined;
}

/** Files with fewer lines are often rewritten entirely. */
const minReplacedLines = 10;

/** Shares of a file's lines that still exist: at least this much if it was moved, less than this if it was replaced. */
const [movedShare, replacedShare] = [0.8, 0.2];

async function findLoss(file: ChangedFile, moved: MovedCode): Promise<string | undefined> {
  const { path, kind, deleted } = file;
  if (kind !== 'deleted' && (deleted ?? 0) === 0) return undefined;
  const text = await moved.readSource(path);
  if (!isCode(path, text) || isGenerated(path, text)) return undefined;
  const share = await moved.findShare(file, text);
  if (kind === 'deleted') return share < movedShare && text.trim() !== '' ? 'the user’s code was deleted' : undefined;
  const lines = text.trimEnd().split('\n').length;
  const isMostlyDeleted = (deleted ?? 0) >= lines * 0.9;
  if (!isMostlyDeleted || share >= movedShare) return undefined;
  const isReplaced = lines >= minReplacedLines && share < replacedShare;
  return isReplaced || (await moved.isEmptied(path))
    ? `${deleted} of its ${lines} lines of the user’s code were deleted`
    : undefined;
}

/** Recognizes code by its extension, or a script by its first line. */
const isCode = (path: string, text: string): boolean =>
  isSourceCode(path) || (extname(path) === '' && text.startsWith('#!'));

/** Finds where the lines of the user's code are after a change. */
class MovedCode {
  private added: Promise<Map<string, string>> | undefined;

  constructor(
    private readonly workspace: string,
    private readonly change: Change,
  ) {}

  readSource(path: string): Promise<string> {
    return this.read(this.change.source, path);
  }

  /** Returns the share of significant lines, from 0 to 1, that are still in the file or in another file of its kind. */
  async findShare({ path, kind }: ChangedFile, text: string): Promise<number> {
    const lines = listLines(text);
    if (lines.length === 0) return 1;
    this.added ??= this.readAdded();
    const remaining = kind === 'deleted' ? '' : await this.read(this.change.commit, path);
    const additions = [...(await this.added)].filter(([other]) => extname(other) === extname(path));
    const present = new Set([remaining, ...additions.map(([, added]) => added)].flatMap(listLines));
    return lines.filter((line) => present.has(line)).length / lines.length;
  }

  /** Returns true if only blank lines and comments are left. */
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

/** Lists the significant lines without indentation. Short ones, such as brackets, are in every file. */
const listLines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.length > 3);
