import type { StepRecord } from '../contract/status.js';
import { failureRecord } from './failures.js';
import type { Life } from './life.js';
import { showDetails } from './showing.js';

/** The newest steps: enough for a reader, bounded for a deployment that lives for years. */
const keptSteps = 50;

/** Characters of a decision's reasons: a reader's part of what a model may write. */
const keptReasons = 1_000;

/** What a step says that it did, why, and what it cost. */
export type StepOutcome = Pick<StepRecord, 'note' | 'why' | 'dollars'>;

export const because = (reasons: string): Pick<StepRecord, 'why'> => ({ why: reasons.slice(0, keptReasons) });

export const costing = (dollars: unknown): Pick<StepRecord, 'dollars'> =>
  typeof dollars === 'number' && dollars > 0 ? { dollars } : {};

/** Runs one step and records it: when it began, when it ended, and what it says it did. */
export async function record<T>(
  life: Life,
  step: string,
  run: () => Promise<T>,
  describe: (result: T) => string | StepOutcome,
): Promise<T> {
  const entry = addStep(life, { step, startedAt: new Date().toISOString(), finishedAt: null, note: '' });
  showDetails(life);
  try {
    const result = await run();
    const outcome = describe(result);
    Object.assign(entry, typeof outcome === 'string' ? { note: outcome } : outcome);
    return result;
  } catch (error) {
    const { message, details } = failureRecord(error);
    Object.assign(entry, { note: `failed: ${message}`, ...costing(details.dollars) });
    throw error;
  } finally {
    entry.finishedAt = new Date().toISOString();
  }
}

/** Records what happened by itself, at one moment. */
export function note(life: Life, step: string, words: string): void {
  const now = new Date().toISOString();
  addStep(life, { step, startedAt: now, finishedAt: now, note: words });
}

function addStep(life: Life, entry: StepRecord): StepRecord {
  life.info.steps = [...life.info.steps.slice(1 - keptSteps), entry];
  return entry;
}
