import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Answer } from '../../contract/answer.js';
import type { DurableRun } from '../../contract/durable-run.js';
import { BerthError, isErrorCode } from '../../errors.js';
import { readInputs } from '../../json/read-inputs.js';
import { readJson } from '../../json/read-json.js';
import { toRecordable } from '../../json/to-recordable.js';
import { writeInputs } from '../../json/write-inputs.js';
import { writeJson } from '../../json/write-json.js';
import { durableRunType, isClosed, sharedQueue } from '../../workflows/messages.js';
import { searchAttributes } from '../../workflows/status/search-attributes.js';
import { RedeployGateway, type RequestServer } from '../schedules/index.js';
import { buildRunWorkflowId, createRunId } from './run-id.js';

export interface DurableRunOptions {
  /** Names the run: asked for again, it is not made again, and has the same answer. Drawn by chance when absent. */
  id?: string;
  /** Seconds that each call may take; the revision's own when absent. */
  timeout?: number;
  /** Calls that may be lost half-way before the run gives up; 5 when absent. */
  attempts?: number;
}

/** A run that the server has on record. */
export interface RecordedRun {
  name: string;
  id: string;
  webUrl: string | null;
}

interface ServerContext {
  requestServer: RequestServer;
  /** Who asks, for the record. */
  by: string;
  webUrl: (page: string) => string | null;
}

const defaultAttempts = 5;
/** Milliseconds of waiting after which it is seen whether a worker is there. */
const workerCheckInterval = 15_000;
/** A workflow's history takes no more in one piece (2 MB), in bytes of JSON. */
const maxInputBytes = 1_900_000;

/** Calls of deployments as workflows of their own: recorded, and made again until the software has answered. */
export class DurableRuns {
  constructor(private readonly context: ServerContext) {}

  /**
   * Puts the run on record and returns. Inputs that are undefined are those of a run that is there by that id, or `{}`.
   *
   * @throws BerthError NAME_UNKNOWN, STATE_CONFLICT before the strategy is selected, RUN_TAKEN for an id with other inputs.
   * @throws UnfitInputs for inputs that JSON cannot hold.
   */
  async start(name: string, inputs: unknown, options: DurableRunOptions = {}): Promise<RecordedRun> {
    return await this.startText(name, inputs === undefined ? undefined : await writeInputs(inputs), options);
  }

  /** The same of JSON text. */
  async startText(name: string, inputs: string | undefined, options: DurableRunOptions = {}): Promise<RecordedRun> {
    const { id = createRunId(), timeout = null, attempts = defaultAttempts } = options;
    const json = writeJson(readInputs(inputs ?? '{}', { keepsDigits: true }));
    const { value, text } = toRecordable(json);
    const recordedInputs = text === undefined ? { inputs: value } : { inputs: null, text };
    const run: DurableRun = { name, id, ...recordedInputs, timeout, attempts };
    const digest = digestInputs(json);
    const recorded = (await this.findRecordedDigest(run)) ?? (await this.startWorkflow(run, digest));
    if (inputs !== undefined && recorded !== digest)
      throw new BerthError('RUN_TAKEN', `run ${id} of ${name} was asked for with other inputs`, { name, id });
    return { name, id, webUrl: this.context.webUrl(`workflows/${buildRunWorkflowId(name, id)}`) };
  }

  /**
   * Resolves with the answer; the signal ends the waiting, not the run.
   *
   * @throws BerthError SERVER_UNREACHABLE or WORKER_UNREACHABLE when nobody works on it for a minute and a half: it stays on record.
   */
  async waitForAnswer(run: RecordedRun, options: { signal?: AbortSignal } = {}): Promise<Answer> {
    return readJson(await this.waitForAnswerText(run, options)) as Answer; // as the software answers
  }

  /** The same as JSON text. */
  async waitForAnswerText({ name, id }: RecordedRun, options: { signal?: AbortSignal } = {}): Promise<string> {
    const workflowId = buildRunWorkflowId(name, id);
    let checkedAt = Date.now();
    for (let pause = 10; ; pause = Math.min(pause * 1.2, 500)) {
      options.signal?.throwIfAborted();
      const answer = await this.requestServer(name, ({ workflow }) => readAnswer(workflow.getHandle(workflowId)));
      if (answer !== undefined) return answer;
      if (Date.now() - checkedAt > workerCheckInterval) {
        await new RedeployGateway(this.requestServer).findInfo(name); // asks the worker
        checkedAt = Date.now();
      }
      await sleep(pause, undefined, options);
    }
  }

  /** Of the inputs that a run has; undefined for one that is not on record. */
  private async findRecordedDigest({ name, id }: DurableRun): Promise<string | undefined> {
    return await this.requestServer(name, async ({ workflow }) => {
      try {
        const { memo } = await workflow.getHandle(buildRunWorkflowId(name, id)).describe();
        return memo?.inputs as string | undefined; // written by `begin`
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return undefined;
        throw error;
      }
    });
  }

  /** Somebody else may begin it at the same time: then theirs is the run. */
  private async startWorkflow(run: DurableRun, digest: string): Promise<string | undefined> {
    const { name } = run;
    await this.requireHost(name);
    await this.requestServer(name, async ({ workflow }) => {
      try {
        await workflow.start(durableRunType, this.buildStartOptions(run, digest));
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    });
    return await this.findRecordedDigest(run);
  }

  private buildStartOptions(run: DurableRun, digest: string) {
    const { name, id } = run;
    const { by } = this.context;
    return {
      workflowId: buildRunWorkflowId(name, id),
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
    const info = await new RedeployGateway(this.requestServer).findInfo(name);
    if (info === null) throw new BerthError('NAME_UNKNOWN', `there is no deployment called ${name}`, { name });
    if (info.host === null)
      throw new BerthError('STATE_CONFLICT', `${name} cannot be called yet: it is ${info.state}`, { name });
  }

  private get requestServer(): RequestServer {
    return this.context.requestServer;
  }
}

function digestInputs(json: string): string {
  if (Buffer.byteLength(json) > maxInputBytes)
    throw new BerthError('INPUT_INVALID', `the inputs are larger than the ${maxInputBytes} bytes that a record takes`);
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
