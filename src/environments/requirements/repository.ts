import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readSourceText } from '../../workspaces/read-source-text.js';
import { unresolvedError } from '../pip-files/unresolved-error.js';
import { parseTable, type Table } from './tables.js';

/** Bytes of a manifest or a lock: parsing a larger one would hold up everything else. */
const maxManifestBytes = 4 * 2 ** 20;

/**
 * The manifests of a repository. Each is read once and bounded, and everything that was read is kept: what a
 * resolution depends on is what was read for it.
 */
export class Repository {
  readonly root: string;
  private readonly textsByFile = new Map<string, Promise<string | undefined>>();
  /** Manifests whose requirements are not known, and why. */
  private readonly problems = new Map<string, string>();

  constructor(root: string) {
    this.root = root;
  }

  /** Undefined where there is no such file. Throws DEPENDENCY_UNRESOLVED for one that cannot be read. */
  read(file: string, limit = maxManifestBytes): Promise<string | undefined> {
    const known = this.textsByFile.get(file);
    if (known !== undefined) return known;
    const text = this.readSource(file, limit);
    this.textsByFile.set(file, text);
    return text;
  }

  /** The same, but a file that cannot be read is noted, and counts as missing. */
  async readText(file: string): Promise<string | undefined> {
    return await this.read(file).catch((error: Error) => this.markUnread(file, error.message));
  }

  async has(file: string): Promise<boolean> {
    const found = await stat(join(this.root, file)).catch(() => undefined);
    return found !== undefined && !found.isDirectory();
  }

  /** Names in a directory of the repository, sorted; none where there is none. */
  async list(directory: string): Promise<string[]> {
    return (await readdir(join(this.root, directory)).catch(() => [])).sort();
  }

  /** A TOML, JSON or YAML file. Undefined where there is none, and for one that cannot be read. */
  async readTable(file: string): Promise<Table | undefined> {
    return await this.parse(file).catch(() => undefined);
  }

  /** The same for a manifest: one that cannot be read is noted, and counts as missing. */
  async readManifest(file: string): Promise<Table | undefined> {
    return await this.parse(file).catch((error: Error) => this.markUnread(file, error.message));
  }

  /** The same for a lock, which nothing replaces. Throws DEPENDENCY_UNRESOLVED with what its format says. */
  async readLock(file: string): Promise<Table | undefined> {
    return await this.parse(file).catch((error: Error) => {
      throw unresolvedError(`${file} cannot be read: ${error.message}`);
    });
  }

  /** Notes that the requirements of a manifest are not known, and why. */
  markUnread(file: string, problem: string): undefined {
    this.problems.set(file, problem);
  }

  /** Why the requirements of a manifest are not known. */
  getProblem(file: string): string | undefined {
    return this.problems.get(file);
  }

  /** All of these, in sentences without their stop. */
  listUnread(): string[] {
    return [...this.problems].map(([file, problem]) => `the requirements of ${file} were not read: ${problem}`);
  }

  /** Name and text of every file that was read, sorted by name. */
  async listTexts(): Promise<string[]> {
    const read = await Promise.all(
      [...this.textsByFile].map(async ([file, text]) => [file, await text.catch(() => undefined)] as const),
    );
    return read
      .flatMap(([file, text]) => (text === undefined ? [] : [[file, text]]))
      .sort(([one = ''], [other = '']) => (one < other ? -1 : 1))
      .flat();
  }

  private async parse(file: string): Promise<Table | undefined> {
    const text = await this.read(file);
    return text === undefined ? undefined : await parseTable(file, text);
  }

  private async readSource(file: string, limit: number): Promise<string | undefined> {
    const { text, problem } = await readSourceText(this.root, file, limit);
    if (text === undefined && problem !== 'does not exist') throw unresolvedError(`${file} ${problem}`);
    return text;
  }
}
