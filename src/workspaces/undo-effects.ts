import { sep } from 'node:path';
import { BerthError } from '../errors.js';
import { killMarkedProcessesBelow } from '../processes/marked-processes.js';
import type { Effect, RunnerEffect } from './effect.js';
import type { Ledger } from './ledger.js';
import { removeTree } from './remove-tree.js';
import { touch } from './touch.js';

export interface UndoRequest {
  ledger: Ledger;
  /** Resolves when nothing that the runner's plan may have made exists any more. */
  undo: (effect: RunnerEffect) => Promise<void>;
}

interface Failure {
  effect: Effect;
  why: string;
}

/**
 * Undoes everything in the ledger, newest first, and removes the ledger once all is proven gone. What cannot be undone
 * stays entered, and does not keep the rest from being undone, except for the directories it needs.
 *
 * Throws UNDO_INCOMPLETE naming each thing that is left, and why. Safe to run again.
 */
export async function undoEffects({ ledger, undo }: UndoRequest): Promise<void> {
  const failures: Failure[] = [];
  const undone: string[] = [];
  for (const effect of await ledger.listPending()) {
    try {
      requireNotNeeded(effect, failures);
      await undoEffect(effect, undo);
      undone.push(effect.id);
    } catch (error) {
      failures.push({ effect, why: error instanceof Error ? error.message : String(error) });
    }
  }
  if (failures.length === 0) return await ledger.remove(undone);
  for (const id of undone) await ledger.settle(id);
  const left = failures.map(({ effect, why }) => `${describeEffect(effect)}: ${why}`);
  const count = left.length === 1 ? 'one thing' : `${left.length} things`;
  const details = { name: ledger.name, evidence: left.join('\n') };
  throw new BerthError('UNDO_INCOMPLETE', `${count} could not be undone: ${left.join('; ')}`, details);
}

/** A runner finds what it made through its plan's directories: without them the next attempt would find nothing. */
function requireNotNeeded(effect: Effect, failures: readonly Failure[]): void {
  if (effect.kind !== 'directory') return;
  const user = failures.find(
    ({ effect: other }) => other.kind === 'runner' && isBelow(effect.path, other.plan.stateDirectory),
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
      return `processes that work in ${effect.directories[0]}`;
    case 'reference':
      return `the use of ${effect.path}`;
    case 'runner':
      return `${effect.plan.strategy} runner of ${effect.plan.deployment} ${effect.plan.revision}`;
  }
}
