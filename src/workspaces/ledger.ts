import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { BerthError } from '../errors.js';
import type { BerthHome } from '../home/home.js';
import { Effect, type ReferenceEffect, type RunnerEffect } from './effect.js';
import { withPruneLock } from './prune-lock.js';
import { touch } from './touch.js';
import { withHomeErrors } from './with-home-errors.js';

const LedgerLine = z.union([
  z.object({ server: z.string() }),
  z.object({ enter: Effect }),
  z.object({ settle: z.string() }),
]);
type LedgerLine = z.infer<typeof LedgerLine>;

interface LedgerContent {
  server: string | null;
  pending: Map<string, Effect>;
}

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

  /** Names of the deployments that have one. */
  static async list(home: BerthHome): Promise<string[]> {
    const files = await readdir(home.ledger).catch(() => []);
    return files.filter((file) => file.endsWith('.jsonl')).map((file) => file.slice(0, -'.jsonl'.length));
  }

  /** Notes which Temporal server (its namespace's id) holds the deployment: no other can say that it is over. */
  async recordServer(readServer: string): Promise<void> {
    if ((await this.server()) !== readServer) await this.append({ server: readServer });
  }

  /** Null when nothing was begun. */
  async server(): Promise<string | null> {
    return (await this.read()).server;
  }

  /** On return the effect is on the disk and may be created. Entering the same one again changes nothing. */
  async enter(effect: Effect): Promise<void> {
    const entered = (await this.read()).pending.get(effect.id);
    if (!isDeepStrictEqual(entered, effect)) await this.append({ enter: effect });
  }

  async settle(id: string): Promise<void> {
    if ((await this.read()).pending.has(id)) await this.append({ settle: id });
  }

  /** What may exist, newest first. */
  async listPending(): Promise<Effect[]> {
    return [...(await this.read()).pending.values()].reverse();
  }

  /** What may exist of a revision, with what undoes it. */
  async findRunner(revision: string): Promise<RunnerEffect | undefined> {
    const effect = (await this.read()).pending.get(`runner-${revision}`);
    return effect?.kind === 'runner' ? effect : undefined;
  }

  /** The environment that a revision claims. */
  async findEnvironment(revision: string): Promise<ReferenceEffect | undefined> {
    const effect = (await this.read()).pending.get(getEnvironmentId(revision));
    return effect?.kind === 'reference' ? effect : undefined;
  }

  /** From here on nobody removes the environment. */
  async claimEnvironment(revision: string, path: string): Promise<void> {
    await withPruneLock(this.home, async () => {
      await this.enter({ id: getEnvironmentId(revision), kind: 'reference', path });
      await touch(path);
    });
  }

  /**
   * Removes the file: also on a full disk, where nothing could be settled. Throws UNDO_INCOMPLETE while anything but
   * `undone` may still exist.
   */
  async remove(undone: readonly string[] = []): Promise<void> {
    const pending = (await this.listPending()).filter(({ id }) => !undone.includes(id));
    if (pending.length > 0) {
      const ids = pending.map((effect) => effect.id);
      throw new BerthError('UNDO_INCOMPLETE', `not yet undone: ${ids.join(', ')}`, { name: this.name });
    }
    await rm(this.file, { force: true });
  }

  private get file(): string {
    return join(this.home.ledger, `${this.name}.jsonl`);
  }

  private async read(): Promise<LedgerContent> {
    const text = await withHomeErrors(this.file, () => readIfThere(this.file));
    const content: LedgerContent = { server: null, pending: new Map() };
    for (const line of text.split('\n').flatMap(parseLine)) applyLine(line, content);
    return content;
  }

  /** The line break comes first: it ends the line that a crash may have torn. */
  private async append(line: LedgerLine): Promise<void> {
    await withHomeErrors(this.file, async () => {
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

const getEnvironmentId = (revision: string): string => `environment-${revision}`;

function applyLine(line: LedgerLine, content: LedgerContent): void {
  const { pending } = content;
  if ('server' in line) content.server = line.server;
  else if ('settle' in line) pending.delete(line.settle);
  else {
    pending.delete(line.enter.id); // what is entered anew is the newest
    pending.set(line.enter.id, line.enter);
  }
}

const readIfThere = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });

/** A line that is not whole JSON was torn by a crash: what it speaks of was never begun, or is settled again. */
function parseLine(text: string): LedgerLine[] {
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch {
    return [];
  }
  return [LedgerLine.parse(whole)];
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
