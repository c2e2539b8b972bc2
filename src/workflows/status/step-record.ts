import type { StepRecord } from '../../contract/status.js';
import type { WorkflowState } from '../state/state.js';
import { toErrorRecord } from '../state/to-application-failure.js';
import { publishStatus } from './publish-status.js';

/** Number of steps in the state: enough for a reader, and bounded for a deployment that runs for years. */
const maxSteps = 50;

/** Maximum characters of a decision's reasons, which a model may write at any length. */
const maxReasonLength = 1_000;

/** Report of a finished step. */
export type StepOutcome = Pick<StepRecord, 'note' | 'why' | 'dollars'>;

export const withReason = (reasons: string): Pick<StepRecord, 'why'> => ({ why: reasons.slice(0, maxReasonLength) });

export const withCost = (dollars: unknown): Pick<StepRecord, 'dollars'> =>
  typeof dollars === 'number' && dollars > 0 ? { dollars } : {};

/** Runs one step and records its times and its outcome. */
export async function recordStep<T>(
  workflow: WorkflowState,
  step: string,
  run: () => Promise<T>,
  describe: (result: T) => string | StepOutcome,
): Promise<T> {
  const entry = addStep(workflow, { step, startedAt: new Date().toISOString(), finishedAt: null, note: '' });
  publishStatus(workflow);
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

/** Records an event that takes no time. */
export function recordEvent(workflow: WorkflowState, step: string, message: string): void {
  const now = new Date().toISOString();
  addStep(workflow, { step, startedAt: now, finishedAt: now, note: message });
}

function addStep(workflow: WorkflowState, entry: StepRecord): StepRecord {
  workflow.steps = [...workflow.steps.slice(1 - maxSteps), entry];
  return entry;
}
