import { sep } from 'node:path';
import { BerthError } from '../errors.js';
import { killMarkedProcessesBelow } from '../processes/marked-processes.js';
import type { Effect, RunnerEffect } from './effect.js';
import type { Ledger } from './ledger.js';
import { removeTree } from './remove-tree.js';
import { touch } from './touch.js';

export interface UndoRequest {
  ledger: Ledger;
  /** Resolves when nothing that the runner may have created exists anymore. */
  undo: (effect: RunnerEffect) => Promise<void>;
}

interface Failure {
  effect: Effect;
  reason: string;
}

/**
 * Undoes everything in the ledger, newest first, and removes the ledger once everything is verified to be gone. An effect
 * that cannot be undone stays in the ledger, with the directories it needs; all others are undone. Safe to run again.
 *
 * @throws UNDO_INCOMPLETE when an effect remains. The message names each one with the reason.
 */
export async function undoEffects({ ledger, undo }: UndoRequest): Promise<void> {
  const failures: Failure[] = [];
  const undone: string[] = [];
  for (const effect of await ledger.listPending()) {
    try {
      requireUnused(effect, failures);
      await undoEffect(effect, undo);
      undone.push(effect.id);
    } catch (error) {
      failures.push({ effect, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  if (failures.length === 0) return await ledger.remove(undone);
  for (const id of undone) await ledger.settle(id);
  const remaining = failures.map(({ effect, reason }) => `${describeEffect(effect)}: ${reason}`);
  const count = remaining.length === 1 ? 'one resource' : `${remaining.length} resources`;
  const details = { name: ledger.name, evidence: remaining.join('\n') };
  throw new BerthError('UNDO_INCOMPLETE', `${count} could not be removed: ${remaining.join('; ')}`, details);
}

/** Keeps the directories of a runner that failed to undo: the next attempt finds its resources through them. */
function requireUnused(effect: Effect, failures: readonly Failure[]): void {
  if (effect.kind !== 'directory') return;
  const user = failures.find(
    ({ effect: failed }) => failed.kind === 'runner' && isBelow(effect.path, failed.plan.stateDirectory),
  );
  if (user !== undefined) throw new Error(`kept, because ${describeEffect(user.effect)} still needs it`);
}

const isBelow = (directory: string, path: string): boolean => path === directory || path.startsWith(directory + sep);

async function undoEffect(effect: Effect, undo: UndoRequest['undo']): Promise<void> {
  switch (effect.kind) {
    case 'directory':
      return await removeTree(effect.path);
    case 'processes':
      for (const directory of effect.directories) await killMarkedProcessesBelow(directory);
      return;
    case 'reference':
      return await touch(effect.path);
    case 'runner':
      return await undo(effect);
  }
}

export function describeEffect(effect: Effect): string {
  switch (effect.kind) {
    case 'directory':
      return effect.path;
    case 'processes':
      return `processes in ${effect.directories[0]}`;
    case 'reference':
      return `the use of ${effect.path}`;
    case 'runner':
      return `${effect.plan.strategy} runner of ${effect.plan.deployment} ${effect.plan.revision}`;
  }
}
