import { constants, cp, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import type { SourceVersion } from '../contract/source-version.js';
import { makeScratchDirectory } from './scratch-directory.js';
import { writeHistory } from './write-history.js';

/** A copy of the revision's code where builds may write; made when it is first asked for. */
export class SourceCopy {
  readonly #source: string;
  readonly #parent: string;
  readonly #version: SourceVersion | null;
  /** Known before the copying begins, so that a failed copy is removed too. */
  #directory: string | undefined;
  #copy: Promise<string> | undefined;
  #hasHistory = false;

  constructor(source: string, parent: string, version: SourceVersion | null = null) {
    this.#source = source;
    this.#parent = parent;
    this.#version = version;
  }

  path(): Promise<string> {
    this.#copy ??= this.#make();
    return this.#copy;
  }

  /** Whether tools that ask git for a version find an answer in the copy; known once it is made. */
  get hasHistory(): boolean {
    return this.#hasHistory;
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
    this.#hasHistory = await writeHistory(this.#directory, this.#version);
    return this.#directory;
  }
}

const leftOut = new Set(['.git', '__pycache__', '.venv', 'node_modules']);
