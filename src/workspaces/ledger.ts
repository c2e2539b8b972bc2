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
 * Ledger of the external resources of a deployment. An effect is entered before it is created and settled once it is
 * verified to be gone, so after any crash the ledger lists at least everything that exists. One append-only file per
 * deployment; a line counts once it is on the disk.
 */
export class Ledger {
  readonly name: string;
  private readonly home: BerthHome;

  constructor(home: BerthHome, name: string) {
    this.home = home;
    this.name = name;
  }

  /** Lists the deployments that have a ledger. */
  static async list(home: BerthHome): Promise<string[]> {
    const files = await readdir(home.ledger).catch(() => []);
    return files.filter((file) => file.endsWith('.jsonl')).map((file) => file.slice(0, -'.jsonl'.length));
  }

  /** Records the Temporal server (the id of its namespace). Only that server knows whether the deployment has ended. */
  async recordServer(server: string): Promise<void> {
    if ((await this.server()) !== server) await this.append({ server });
  }

  /** Returns the id of the Temporal server; null if no deployment was begun. */
  async server(): Promise<string | null> {
    return (await this.read()).server;
  }

  /** Writes the effect to the disk. It may be created afterwards. Entering the same effect twice changes nothing. */
  async enter(effect: Effect): Promise<void> {
    const entered = (await this.read()).pending.get(effect.id);
    if (!isDeepStrictEqual(entered, effect)) await this.append({ enter: effect });
  }

  /** Records that the effect no longer exists. */
  async settle(id: string): Promise<void> {
    if ((await this.read()).pending.has(id)) await this.append({ settle: id });
  }

  /** Lists effects that may exist, newest first. */
  async listPending(): Promise<Effect[]> {
    return [...(await this.read()).pending.values()].reverse();
  }

  /** Returns the runner effect of a revision if its resources may exist. */
  async findRunner(revision: string): Promise<RunnerEffect | undefined> {
    const effect = (await this.read()).pending.get(`runner-${revision}`);
    return effect?.kind === 'runner' ? effect : undefined;
  }

  /** Returns the environment that a revision claims. */
  async findEnvironment(revision: string): Promise<ReferenceEffect | undefined> {
    const effect = (await this.read()).pending.get(getEnvironmentId(revision));
    return effect?.kind === 'reference' ? effect : undefined;
  }

  /** Claims an environment, so that it is not pruned. */
  async claimEnvironment(revision: string, path: string): Promise<void> {
    await withPruneLock(this.home, async () => {
      await this.enter({ id: getEnvironmentId(revision), kind: 'reference', path });
      await touch(path);
    });
  }

  /**
   * Removes the ledger. Works on a full disk, on which `undone` effects could not be settled.
   *
   * @throws UNDO_INCOMPLETE when an effect other than `undone` may still exist.
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
    const text = await withHomeErrors(this.file, () => readIfExists(this.file));
    const content: LedgerContent = { server: null, pending: new Map() };
    for (const line of text.split('\n').flatMap(parseLine)) applyLine(line, content);
    return content;
  }

  /** Appends a line. The line break comes first, because a crash may have left an incomplete line. */
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
    pending.delete(line.enter.id); // an effect that is entered again becomes the newest
    pending.set(line.enter.id, line.enter);
  }
}

const readIfExists = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });

/** Parses a line. An incomplete one was cut off by a crash: its effect was never begun, or will be settled again. */
function parseLine(text: string): LedgerLine[] {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return [];
  }
  return [LedgerLine.parse(line)];
}

/** Syncs a directory. Without it, a new file in the directory may be missing after a power failure. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
