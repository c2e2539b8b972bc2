import {
  ActivityFailure,
  ApplicationFailure,
  setCurrentDetails,
  TimeoutFailure,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { AdaptationResult } from '../contract/adaptation.js';
import type { DeployConfig } from '../contract/config.js';
import type { Handle } from '../contract/handle.js';
import type { VerifiedRevision } from '../contract/revision.js';
import type { AdaptationRound, Resumption } from '../contract/round.js';
import type { DeploymentSetting } from '../contract/setting.js';
import type { DeploymentInfo, DeploymentState, StepRecord } from '../contract/status.js';
import { codes, describeNext, type ErrorRecord } from '../errors.js';
import { describeLife } from './details.js';
import { firstRound } from './rounds.js';
import { searchAttributes } from './search-attributes.js';

/** Everything a deployment carries from step to step, and over continue-as-new. Plain data. */
export interface Life {
  config: DeployConfig;
  info: DeploymentInfo;
  /** Host that holds the workspace; null until a step has run there, so null also means: nothing to undo. */
  host: string | null;
  setting: DeploymentSetting | null;
  /** Whether the source lies in the workspace. */
  isCopied: boolean;
  /** What the next adaptation is given. */
  round: AdaptationRound;
  /** Why the newest adaptation was refused. */
  refused: ErrorRecord | null;
  /** Null until an adaptation is there to be verified. */
  adaptation: AdaptationResult | null;
  revision: VerifiedRevision | null;
  handle: Handle | null;
  desired: 'running' | 'stopped';
  isAbandoned: boolean;
  /** Given by the user to a deployment that waits; null once it was heeded. */
  resumption: Resumption | null;
  /** Events of history after which the workflow continues as new, where the server has not asked for it earlier. */
  historyLimit: number;
}

export function beginLife(config: DeployConfig): Life {
  return {
    config,
    info: {
      name: config.name,
      state: 'selecting',
      strategy: null,
      provider: null,
      interface: null,
      resources: config.resources,
      endpoint: null,
      revision: null,
      adaptedPath: null,
      adaptedFiles: [],
      runInterface: null,
      selection: null,
      adaptation: null,
      contract: null,
      revisions: [],
      restarts: 0,
      lastError: null,
      webUrl: null,
      source: { path: config.solution.path, digest: null },
      host: null,
      steps: [],
      rungs: [],
      notes: [],
    },
    host: null,
    setting: null,
    isCopied: false,
    round: firstRound(config),
    refused: null,
    adaptation: null,
    revision: null,
    handle: null,
    desired: 'running',
    isAbandoned: false,
    resumption: null,
    historyLimit: 4000,
  };
}

/** Moves to a state and shows it: search attributes for filters, current details for a reader of the Web UI. */
export function enter(life: Life, state: DeploymentState): void {
  life.info.state = state;
  showDetails(life);
  const { info } = life;
  upsertSearchAttributes([
    { key: searchAttributes.state, value: state },
    ...(info.strategy === null ? [] : [{ key: searchAttributes.strategy, value: info.strategy }]),
    ...(info.revision === null ? [] : [{ key: searchAttributes.revision, value: info.revision }]),
    ...(info.host === null ? [] : [{ key: searchAttributes.host, value: info.host }]),
  ]);
}

export function showDetails(life: Life): void {
  setCurrentDetails(describeLife(life.info));
}

/** The newest steps: enough for a reader, bounded for a deployment that lives for years. */
const keptSteps = 50;

/** Runs one step and records it: when it began, when it ended, and what it says it did. */
export async function record<T>(
  life: Life,
  step: string,
  run: () => Promise<T>,
  describe: (result: T) => string,
): Promise<T> {
  const entry = addStep(life, { step, startedAt: new Date().toISOString(), finishedAt: null, note: '' });
  showDetails(life);
  try {
    const result = await run();
    entry.note = describe(result);
    return result;
  } catch (error) {
    entry.note = `failed: ${failureRecord(error).message}`;
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

/** What an activity's failure says, in the words of the closed table of errors. */
export function failureRecord(error: unknown): ErrorRecord {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure && cause.details?.[0]) return cause.details[0] as ErrorRecord;
  if (cause instanceof TimeoutFailure) return timeoutRecord(cause);
  const message = cause instanceof Error ? cause.message : String(cause);
  return { code: 'INTERNAL', message, next: codes.INTERNAL.next, details: {} };
}

function timeoutRecord(timeout: TimeoutFailure): ErrorRecord {
  const isUnreached = timeout.timeoutType === 'SCHEDULE_TO_START';
  const code = isUnreached ? 'WORKER_UNREACHABLE' : 'INTERNAL';
  const message = isUnreached
    ? 'no worker of the deployment’s host took the step'
    : `the step ran out of time: ${timeout.message}`;
  return { code, message, next: describeNext(code, {}), details: {} };
}

export function setLastError(life: Life, record: ErrorRecord): void {
  const { code, message, next, details } = record;
  life.info.lastError = { code, message, next, evidence: details.fullEvidence ?? details.evidence ?? null };
}
