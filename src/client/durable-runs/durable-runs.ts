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
  /** ID of the run: the same ID returns the same answer without another call. Random by default. */
  id?: string;
  /** Timeout of each call in seconds; the revision's by default. */
  timeout?: number;
  /** Number of interrupted calls after which the run gives up; 5 by default. */
  attempts?: number;
}

/** A run that the server has recorded. */
export interface RecordedRun {
  name: string;
  id: string;
  webUrl: string | null;
}

interface ServerContext {
  requestServer: RequestServer;
  /** Requester, for the record. */
  by: string;
  webUrl: (page: string) => string | null;
}

const defaultAttempts = 5;
/** Milliseconds of waiting between two checks for a worker. */
const workerCheckInterval = 15_000;
/** Maximum bytes of JSON; a payload in a workflow's history may have 2 MB. */
const maxInputBytes = 1_900_000;

/** Calls of deployments as workflows: recorded, and retried until the software answers. */
export class DurableRuns {
  constructor(private readonly context: ServerContext) {}

  /**
   * Records a run and returns. Undefined inputs are those of the recorded run with this ID, or `{}`.
   *
   * @throws NAME_UNKNOWN, STATE_CONFLICT before the strategy is selected, RUN_TAKEN when the ID has other inputs,
   * INPUT_INVALID when they are too large, InvalidInputsError when JSON cannot represent them.
   */
  async start(name: string, inputs: unknown, options: DurableRunOptions = {}): Promise<RecordedRun> {
    return await this.startText(name, inputs === undefined ? undefined : await writeInputs(inputs), options);
  }

  /** Same as `start`, for JSON text. */
  async startText(name: string, inputs: string | undefined, options: DurableRunOptions = {}): Promise<RecordedRun> {
    const { id = createRunId(), timeout = null, attempts = defaultAttempts } = options;
    const json = writeJson(readInputs(inputs ?? '{}', { keepsDigits: true }));
    const { value, text } = toRecordable(json);
    const recordedInputs = text === undefined ? { inputs: value } : { inputs: null, text };
    const run: DurableRun = { name, id, ...recordedInputs, timeout, attempts };
    const digest = digestInputs(json);
    const recorded = (await this.findRecordedDigest(run)) ?? (await this.startWorkflow(run, digest));
    if (inputs !== undefined && recorded !== digest)
      throw new BerthError('RUN_TAKEN', `run ${id} of ${name} has other inputs`, { name, id });
    return { name, id, webUrl: this.context.webUrl(`workflows/${buildRunWorkflowId(name, id)}`) };
  }

  /**
   * Waits for the answer; the signal ends the wait, not the run.
   *
   * @throws SERVER_UNREACHABLE, WORKER_UNREACHABLE when no worker works on it for 90 seconds; the run stays recorded.
   */
  async waitForAnswer(run: RecordedRun, options: { signal?: AbortSignal } = {}): Promise<Answer> {
    return readJson(await this.waitForAnswerText(run, options)) as Answer; // the software's answer
  }

  /** Same as `waitForAnswer`, as JSON text. */
  async waitForAnswerText({ name, id }: RecordedRun, options: { signal?: AbortSignal } = {}): Promise<string> {
    const workflowId = buildRunWorkflowId(name, id);
    let checkedAt = Date.now();
    for (let pause = 10; ; pause = Math.min(pause * 1.2, 500)) {
      options.signal?.throwIfAborted();
      const answer = await this.requestServer(name, ({ workflow }) => readAnswer(workflow.getHandle(workflowId)));
      if (answer !== undefined) return answer;
      if (Date.now() - checkedAt > workerCheckInterval) {
        await new RedeployGateway(this.requestServer).findInfo(name); // queries the worker
        checkedAt = Date.now();
      }
      await sleep(pause, undefined, options);
    }
  }

  /** Returns the digest of the recorded inputs; undefined for a run that is not recorded. */
  private async findRecordedDigest({ name, id }: DurableRun): Promise<string | undefined> {
    return await this.requestServer(name, async ({ workflow }) => {
      try {
        const { memo } = await workflow.getHandle(buildRunWorkflowId(name, id)).describe();
        return memo?.inputs as string | undefined; // written by `startWorkflow`
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return undefined;
        throw error;
      }
    });
  }

  /** Starts the run, or adopts one that was started concurrently with the same ID. Returns its digest. */
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
      staticDetails: `A call of \`${name}\`, requested by ${by}, retried until it is answered.`,
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
    throw new BerthError('INPUT_INVALID', `the inputs exceed ${maxInputBytes} bytes, the limit of a durable run`);
  return createHash('sha256').update(json).digest('hex');
}

/** Reads the answer as JSON text; undefined while the run is running. */
async function readAnswer(handle: WorkflowHandle): Promise<string | undefined> {
  if (!isClosed((await handle.describe()).status)) return undefined;
  try {
    const answer: unknown = await handle.result();
    return typeof answer === 'string' ? answer : JSON.stringify(answer);
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    const code = cause instanceof ApplicationFailure && isErrorCode(cause.type) ? cause.type : 'CALL_CANCELLED';
    const message = `the run ended without an answer: ${cause?.message ?? error.message}`;
    return JSON.stringify({ status: 'error', error: { code, message } });
  }
}
