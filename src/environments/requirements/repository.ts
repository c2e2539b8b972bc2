import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readSourceText } from '../../workspaces/read-source-text.js';
import { unresolvedError } from '../pip-files/unresolved-error.js';
import { parseTable, type Table } from './tables.js';

/** Bytes of a manifest or a lock; parsing a larger one would block for too long. */
const maxManifestBytes = 4 * 2 ** 20;

/**
 * The manifests of a repository. Reads each file once, with a size limit, and remembers all texts: a resolution depends
 * on exactly these.
 */
export class Repository {
  readonly root: string;
  private readonly textsByFile = new Map<string, Promise<string | undefined>>();
  /** Manifests that could not be read, with the problem. */
  private readonly problems = new Map<string, string>();

  constructor(root: string) {
    this.root = root;
  }

  /**
   * Reads a file; returns undefined when it does not exist.
   *
   * @throws DEPENDENCY_UNRESOLVED when the file cannot be read.
   */
  read(file: string, limit = maxManifestBytes): Promise<string | undefined> {
    const cached = this.textsByFile.get(file);
    if (cached !== undefined) return cached;
    const text = this.readSource(file, limit);
    this.textsByFile.set(file, text);
    return text;
  }

  /** Reads a file; records one that cannot be read, and treats it as missing. */
  async readText(file: string): Promise<string | undefined> {
    return await this.read(file).catch((error: Error) => this.markUnread(file, error.message));
  }

  async has(file: string): Promise<boolean> {
    const found = await stat(join(this.root, file)).catch(() => undefined);
    return found !== undefined && !found.isDirectory();
  }

  /** Returns the sorted names in a directory; empty when it does not exist. */
  async list(directory: string): Promise<string[]> {
    return (await readdir(join(this.root, directory)).catch(() => [])).sort();
  }

  /** Parses a TOML, JSON or YAML file; returns undefined when it is missing or invalid. */
  async readTable(file: string): Promise<Table | undefined> {
    return await this.parse(file).catch(() => undefined);
  }

  /** Parses a manifest; records an invalid one, and treats it as missing. */
  async readManifest(file: string): Promise<Table | undefined> {
    return await this.parse(file).catch((error: Error) => this.markUnread(file, error.message));
  }

  /**
   * Parses a lock, which no other manifest can replace.
   *
   * @throws DEPENDENCY_UNRESOLVED when the lock is invalid, with the parser's message.
   */
  async readLock(file: string): Promise<Table | undefined> {
    return await this.parse(file).catch((error: Error) => {
      throw unresolvedError(`${file} cannot be read: ${error.message}`);
    });
  }

  /** Records a manifest that could not be read. */
  markUnread(file: string, problem: string): undefined {
    this.problems.set(file, problem);
  }

  /** Returns the problem of a manifest that could not be read. */
  getProblem(file: string): string | undefined {
    return this.problems.get(file);
  }

  /** Describes all manifests that could not be read, in sentences without a period. */
  listUnread(): string[] {
    return [...this.problems].map(([file, problem]) => `the requirements of ${file} were not read: ${problem}`);
  }

  /** Returns path and text of every file that was read, sorted by path. */
  async listTexts(): Promise<string[]> {
    const read = await Promise.all(
      [...this.textsByFile].map(async ([file, text]) => [file, await text.catch(() => undefined)] as const),
    );
    return read
      .flatMap(([file, text]) => (text === undefined ? [] : [[file, text]]))
      .sort(([left = ''], [right = '']) => (left < right ? -1 : 1))
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
