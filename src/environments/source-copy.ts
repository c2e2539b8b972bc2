import { chmod, constants, cp, readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { mapBounded } from '../workspaces/map-bounded.js';
import { restoreHistory } from '../workspaces/restore-history.js';
import { readRevisionHistory } from '../workspaces/source-history.js';
import { createScratchDirectory } from './create-scratch-directory.js';

/**
 * A writable copy of the revision's code for builds, created on first use. If the source has a git repository, the copy
 * has one with the same commits and tags.
 */
export class SourceCopy {
  private readonly source: string;
  private readonly parent: string;
  /** Set before copying starts, so that a failed copy is removed too. */
  private directory: string | undefined;
  private copy: Promise<string> | undefined;

  constructor(source: string, parent: string) {
    this.source = source;
    this.parent = parent;
  }

  ensurePath(): Promise<string> {
    this.copy ??= this.create();
    return this.copy;
  }

  async remove(): Promise<void> {
    await this.copy?.catch(() => undefined);
    if (this.directory !== undefined) await rm(this.directory, { recursive: true, force: true });
  }

  private async create(): Promise<string> {
    const history = await readRevisionHistory(this.source);
    this.directory = await createScratchDirectory(this.parent, 'source');
    const copy = join(this.directory, history?.prefix ?? '');
    await cp(this.source, copy, {
      recursive: true,
      verbatimSymlinks: true,
      mode: constants.COPYFILE_FICLONE,
      filter: (path) => path === this.source || !excludedNames.has(basename(path)),
    });
    await makeWritable(copy);
    await restoreHistory(this.source, this.directory);
    return copy;
  }
}

const excludedNames = new Set(['.git', '__pycache__', '.venv', 'node_modules']);

/** Makes the files writable: a revision's are read-only, but a build may overwrite one, such as a version module. */
async function makeWritable(directory: string): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  await mapBounded(files, async (file) => chmod(file, (await stat(file)).mode | 0o200));
}
