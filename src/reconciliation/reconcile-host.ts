import { type Collection, collect } from './collect.js';
import { compare } from './compare.js';
import type { Ages } from './shared-left-overs.js';
import type { RunnerSource } from './survey.js';
import type { Judge } from './verdict.js';

export interface Reconciliation extends Collection {
  notes: string[];
}

/** Removes, without asking anybody, what belongs to nothing beyond doubt; nothing of a living deployment. */
export async function reconcileHost(by: Judge, runners: readonly RunnerSource[], ages: Ages): Promise<Reconciliation> {
  const { leftOvers, notes } = await compare(by, runners, ages);
  return { ...(await collect(leftOvers.filter(({ isCertain }) => isCertain))), notes };
}
