import type { StepRecord } from '../../contract/status.js';
import type { WorkflowState } from '../state/state.js';
import { toErrorRecord } from '../state/to-application-failure.js';
import { publishDetails } from './publish-status.js';

/** The newest steps: enough for a reader, bounded for a deployment that lives for years. */
const maxSteps = 50;

/** Characters of a decision's reasons: a reader's part of what a model may write. */
const maxReasonLength = 1_000;

/** What a step says that it did, why, and what it cost. */
export type StepOutcome = Pick<StepRecord, 'note' | 'why' | 'dollars'>;

export const withReason = (reasons: string): Pick<StepRecord, 'why'> => ({ why: reasons.slice(0, maxReasonLength) });

export const withCost = (dollars: unknown): Pick<StepRecord, 'dollars'> =>
  typeof dollars === 'number' && dollars > 0 ? { dollars } : {};

/** Runs one step and records it: when it began, when it ended, and what it says it did. */
export async function recordStep<T>(
  workflow: WorkflowState,
  step: string,
  run: () => Promise<T>,
  describe: (result: T) => string | StepOutcome,
): Promise<T> {
  const entry = addStep(workflow, { step, startedAt: new Date().toISOString(), finishedAt: null, note: '' });
  publishDetails(workflow);
  try {
    const result = await run();
    const outcome = describe(result);
    Object.assign(entry, typeof outcome === 'string' ? { note: outcome } : outcome);
    return result;
  } catch (error) {
    const { message, details } = toErrorRecord(error);
    Object.assign(entry, { note: `failed: ${message}`, ...withCost(details.dollars) });
    throw error;
  } finally {
    entry.finishedAt = new Date().toISOString();
  }
}

/** Records what happened by itself, at one moment. */
export function recordEvent(workflow: WorkflowState, step: string, message: string): void {
  const now = new Date().toISOString();
  addStep(workflow, { step, startedAt: now, finishedAt: now, note: message });
}

function addStep(workflow: WorkflowState, entry: StepRecord): StepRecord {
  workflow.info.steps = [...workflow.info.steps.slice(1 - maxSteps), entry];
  return entry;
}
