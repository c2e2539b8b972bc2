import { type Client, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { type ScheduledRun, ScheduledRunResult } from '../../contract/schedule.js';
import type { ErrorRecord } from '../../errors.js';

/** A run as its schedule recorded it. */
export type StartedRun = Pick<ScheduledRun, 'workflowId' | 'runId' | 'dueAt' | 'startedAt'>;

/** Reads the outcome of a run: the workflow's result or failure. */
export async function readRun(client: Client, run: StartedRun): Promise<Omit<ScheduledRun, 'webUrl'>> {
  const handle = client.workflow.getHandle(run.workflowId, run.runId);
  try {
    const { status, closeTime } = await handle.describe();
    const finishedAt = closeTime?.toISOString() ?? null;
    if (status.name === 'RUNNING') return { ...run, finishedAt, ...createRunWithoutChange('running', 'still running') };
    return { ...run, finishedAt, lastError: null, ...ScheduledRunResult.parse(await handle.result()) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError)
      return { ...run, finishedAt: null, ...createRunWithoutChange('unknown', 'the server no longer has it') };
    if (error instanceof WorkflowFailedError) return { ...run, ...(await readFailure(handle, error)) };
    throw error;
  }
}

async function readFailure(
  handle: ReturnType<Client['workflow']['getHandle']>,
  { cause }: WorkflowFailedError,
): Promise<Omit<ScheduledRun, keyof StartedRun | 'webUrl'>> {
  const { closeTime, status } = await handle.describe();
  const finishedAt = closeTime?.toISOString() ?? null;
  const record = cause instanceof ApplicationFailure ? (cause.details?.[0] as ErrorRecord | undefined) : undefined;
  if (record !== undefined) return { finishedAt, outcome: 'failed', note: record.message, ...describeFailure(record) };
  const note = `the run was ${status.name.toLowerCase().replace('_', ' ')}; a redeploy that it requested continues`;
  return { ...createRunWithoutChange(status.name === 'FAILED' ? 'failed' : 'cancelled', note), finishedAt };
}

function describeFailure({ code, message, next, details }: ErrorRecord) {
  const { change, revision, evidence, fullEvidence } = details;
  return {
    change: typeof change === 'string' ? change : null,
    revision: typeof revision === 'string' ? revision : null,
    lastError: { code, message, next, evidence: fullEvidence ?? evidence ?? null },
  };
}

const createRunWithoutChange = (outcome: ScheduledRunResult['outcome'], note: string) => ({
  outcome,
  change: null,
  revision: null,
  note,
  lastError: null,
});
