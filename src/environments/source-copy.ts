import { constants, cp, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { makeScratchDirectory } from './scratch-directory.js';

/** A copy of the revision's code where builds may write; made when it is first asked for. */
export class SourceCopy {
  readonly #source: string;
  readonly #parent: string;
  /** Known before the copying begins, so that a failed copy is removed too. */
  #directory: string | undefined;
  #copy: Promise<string> | undefined;

  constructor(source: string, parent: string) {
    this.#source = source;
    this.#parent = parent;
  }

  path(): Promise<string> {
    this.#copy ??= this.#make();
    return this.#copy;
  }

  async remove(): Promise<void> {
    await this.#copy?.catch(() => undefined);
    if (this.#directory !== undefined) await rm(this.#directory, { recursive: true, force: true });
  }

  async #make(): Promise<string> {
    this.#directory = await makeScratchDirectory(this.#parent, 'source');
    await cp(this.#source, this.#directory, {
      recursive: true,
      verbatimSymlinks: true,
      mode: constants.COPYFILE_FICLONE,
      filter: (path) => path === this.#source || !leftOut.has(basename(path)),
    });
    return this.#directory;
  }
}

const leftOut = new Set(['.git', '__pycache__', '.venv', 'node_modules']);
