import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Answer } from '../contract/answer.js';
import type { DurableRun } from '../contract/durable-run.js';
import { BerthError, isErrorCode } from '../errors.js';
import { readInputs } from '../json/read-inputs.js';
import { readJson } from '../json/read-json.js';
import { toRecordable } from '../json/recordable.js';
import { writeInputs } from '../json/write-inputs.js';
import { writeJson } from '../json/write-json.js';
import { type Ask, ServerDeployments } from '../schedules/index.js';
import { durableRunType, isClosed, sharedQueue } from '../workflows/messages.js';
import { searchAttributes } from '../workflows/search-attributes.js';
import { newRunId, runWorkflowId } from './run-id.js';

export interface DurableRunOptions {
  /** Names the run: asked for again, it is not made again, and has the same answer. Drawn by chance when absent. */
  id?: string;
  /** Seconds that each call may take; the revision's own when absent. */
  timeout?: number;
  /** Calls that may be lost half-way before the run gives up; 5 when absent. */
  attempts?: number;
}

/** A run that the server has on record. */
export interface StartedRun {
  name: string;
  id: string;
  webUrl: string | null;
}

interface Surroundings {
  ask: Ask;
  /** Who asks, for the record. */
  by: string;
  webUrl: (page: string) => string | null;
}

const usualAttempts = 5;
/** Milliseconds of waiting after which it is seen whether a worker is there. */
const lookPause = 15_000;
/** A workflow's history takes no more in one piece (2 MB), in bytes of JSON. */
const largestInputs = 1_900_000;

/** Calls of deployments as workflows of their own: recorded, and made again until the software has answered. */
export class DurableRuns {
  constructor(private readonly surroundings: Surroundings) {}

  /**
   * Puts the run on record and returns. Inputs that are undefined are those of a run that is there by that id, or `{}`.
   *
   * @throws BerthError NAME_UNKNOWN, STATE_CONFLICT before the strategy is selected, RUN_TAKEN for an id with other inputs.
   * @throws UnfitInputs for inputs that JSON cannot hold.
   */
  async start(name: string, inputs: unknown, options: DurableRunOptions = {}): Promise<StartedRun> {
    return await this.startText(name, inputs === undefined ? undefined : await writeInputs(inputs), options);
  }

  /** The same of JSON text. */
  async startText(name: string, inputs: string | undefined, options: DurableRunOptions = {}): Promise<StartedRun> {
    const { id = newRunId(), timeout = null, attempts = usualAttempts } = options;
    const json = writeJson(readInputs(inputs ?? '{}', { keepsDigits: true }));
    const { value, text } = toRecordable(json);
    const given = text === undefined ? { inputs: value } : { inputs: null, text };
    const run: DurableRun = { name, id, ...given, timeout, attempts };
    const digest = digestInputs(json);
    const recorded = (await this.findDigest(run)) ?? (await this.begin(run, digest));
    if (inputs !== undefined && recorded !== digest)
      throw new BerthError('RUN_TAKEN', `run ${id} of ${name} was asked for with other inputs`, { name, id });
    return { name, id, webUrl: this.surroundings.webUrl(`workflows/${runWorkflowId(name, id)}`) };
  }

  /**
   * Resolves with the answer; the signal ends the waiting, not the run.
   *
   * @throws BerthError SERVER_UNREACHABLE or WORKER_UNREACHABLE when nobody works on it for a minute and a half: it stays on record.
   */
  async answerOf(run: StartedRun, options: { signal?: AbortSignal } = {}): Promise<Answer> {
    return readJson(await this.answerTextOf(run, options)) as Answer; // as the software answers
  }

  /** The same as JSON text. */
  async answerTextOf({ name, id }: StartedRun, options: { signal?: AbortSignal } = {}): Promise<string> {
    const workflowId = runWorkflowId(name, id);
    let looked = Date.now();
    for (let pause = 10; ; pause = Math.min(pause * 1.2, 500)) {
      options.signal?.throwIfAborted();
      const answer = await this.ask(name, ({ workflow }) => readAnswer(workflow.getHandle(workflowId)));
      if (answer !== undefined) return answer;
      if (Date.now() - looked > lookPause) {
        await new ServerDeployments(this.ask).look(name); // asks the worker
        looked = Date.now();
      }
      await sleep(pause, undefined, options);
    }
  }

  /** Of the inputs that a run has; undefined for one that is not on record. */
  private async findDigest({ name, id }: DurableRun): Promise<string | undefined> {
    return await this.ask(name, async ({ workflow }) => {
      try {
        const { memo } = await workflow.getHandle(runWorkflowId(name, id)).describe();
        return memo?.inputs as string | undefined; // written by `begin`
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return undefined;
        throw error;
      }
    });
  }

  /** Somebody else may begin it at the same time: then theirs is the run. */
  private async begin(run: DurableRun, digest: string): Promise<string | undefined> {
    const { name } = run;
    await this.requireHost(name);
    await this.ask(name, async ({ workflow }) => {
      try {
        await workflow.start(durableRunType, this.describe(run, digest));
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    });
    return await this.findDigest(run);
  }

  private describe(run: DurableRun, digest: string) {
    const { name, id } = run;
    const { by } = this.surroundings;
    return {
      workflowId: runWorkflowId(name, id),
      workflowIdConflictPolicy: 'USE_EXISTING' as const,
      workflowIdReusePolicy: 'REJECT_DUPLICATE' as const,
      taskQueue: sharedQueue,
      args: [run],
      memo: { deployment: name, inputs: digest, requestedBy: by },
      typedSearchAttributes: [{ key: searchAttributes.name, value: name }],
      staticSummary: `run ${id} of ${name}`,
      staticDetails: `A call of \`${name}\`, asked for by ${by}: made again until it is answered.`,
    };
  }

  private async requireHost(name: string): Promise<void> {
    const info = await new ServerDeployments(this.ask).look(name);
    if (info === null) throw new BerthError('NAME_UNKNOWN', `there is no deployment called ${name}`, { name });
    if (info.host === null)
      throw new BerthError('STATE_CONFLICT', `${name} cannot be called yet: it is ${info.state}`, { name });
  }

  private get ask(): Ask {
    return this.surroundings.ask;
  }
}

function digestInputs(json: string): string {
  if (Buffer.byteLength(json) > largestInputs)
    throw new BerthError('INPUT_INVALID', `the inputs are larger than the ${largestInputs} bytes that a record takes`);
  return createHash('sha256').update(json).digest('hex');
}

/** As JSON text; undefined while the run goes on. */
async function readAnswer(handle: WorkflowHandle): Promise<string | undefined> {
  if (!isClosed((await handle.describe()).status)) return undefined;
  try {
    const answer: unknown = await handle.result();
    return typeof answer === 'string' ? answer : JSON.stringify(answer);
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    const code = cause instanceof ApplicationFailure && isErrorCode(cause.type) ? cause.type : 'CALL_CANCELLED';
    const message = `the run was ended before it had an answer: ${cause?.message ?? error.message}`;
    return JSON.stringify({ status: 'error', error: { code, message } });
  }
}
