import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { BerthError } from '../errors.js';
import type { BerthHome } from '../home.js';
import { Effect, type RunnerEffect } from './effect.js';
import { withinHome } from './within-home.js';

const Line = z.union([z.object({ enter: Effect }), z.object({ settle: z.string() })]);
type Line = z.infer<typeof Line>;

/**
 * What a deployment has made outside: each thing is entered before it is created, and settled once it is proven gone. So
 * after any crash the ledger names at least everything that exists. One file per deployment, only ever appended to; a
 * line counts once it is on the disk.
 */
export class Ledger {
  readonly name: string;
  private readonly home: BerthHome;

  constructor(home: BerthHome, name: string) {
    this.home = home;
    this.name = name;
  }

  /** On return the effect is on the disk and may be created. Entering the same one again changes nothing. */
  async enter(effect: Effect): Promise<void> {
    const entered = (await this.read()).get(effect.id);
    if (!isDeepStrictEqual(entered, effect)) await this.append({ enter: effect });
  }

  async settle(id: string): Promise<void> {
    if ((await this.read()).has(id)) await this.append({ settle: id });
  }

  /** What may exist, newest first. */
  async pending(): Promise<Effect[]> {
    return [...(await this.read()).values()].reverse();
  }

  /** What may exist of a revision, with what undoes it. */
  async findRunner(revision: string): Promise<RunnerEffect | undefined> {
    const effect = (await this.read()).get(`runner-${revision}`);
    return effect?.kind === 'runner' ? effect : undefined;
  }

  /**
   * Removes the file: also on a full disk, where nothing could be settled. Throws UNDO_INCOMPLETE while anything but
   * `undone` may still exist.
   */
  async remove(undone: readonly string[] = []): Promise<void> {
    const pending = (await this.pending()).filter(({ id }) => !undone.includes(id));
    if (pending.length > 0) {
      const ids = pending.map((effect) => effect.id);
      throw new BerthError('UNDO_INCOMPLETE', `not yet undone: ${ids.join(', ')}`, { name: this.name });
    }
    await rm(this.file, { force: true });
  }

  private get file(): string {
    return join(this.home.ledger, `${this.name}.jsonl`);
  }

  private async read(): Promise<Map<string, Effect>> {
    const text = await withinHome(this.file, () => readIfThere(this.file));
    const pending = new Map<string, Effect>();
    for (const line of text.split('\n').flatMap(parseLine)) {
      pending.delete('enter' in line ? line.enter.id : line.settle);
      if ('enter' in line) pending.set(line.enter.id, line.enter);
    }
    return pending;
  }

  /** The line break comes first: it ends the line that a crash may have torn. */
  private async append(line: Line): Promise<void> {
    await withinHome(this.file, async () => {
      await mkdir(this.home.ledger, { recursive: true });
      const file = await open(this.file, 'a', 0o600);
      try {
        await file.write(`\n${JSON.stringify(line)}`);
        await file.datasync();
      } finally {
        await file.close();
      }
      await syncDirectory(this.home.ledger);
    });
  }
}

const readIfThere = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });

/** A line that is not whole JSON was torn by a crash: what it speaks of was never begun, or is settled again. */
function parseLine(text: string): Line[] {
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch {
    return [];
  }
  return [Line.parse(whole)];
}

/** A new file is there after a power cut only when its directory is on the disk too. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
