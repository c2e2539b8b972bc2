import type { Function_, FunctionCall } from 'modal';
import type { Answer } from '../../../src/contract/answer.js';
import { BerthError } from '../../../src/errors.js';
import { writeJson } from '../../../src/json/write-json.js';
import { createErrorAnswer, withDeadline } from '../../../src/runners/call-deadline.js';
import { formatException } from '../../../src/runners/format-exception.js';
import type { CallOptions } from '../../../src/runners/runner.js';
import { explainModalError, isNotFound } from '../cloud/modal-client.js';
import type { ModalInterface } from '../modal-interface.js';
import { InvalidOutputError, parseOutput, toJsonValue } from './parse-output.js';
import { parseRemoteError } from './parse-remote-error.js';
import { isRecord, splitInputs } from './split-inputs.js';

export interface ModalCall {
  target: ModalInterface;
  inputs: unknown;
  /** Finds the function for these parameters of its class. */
  findFunction: (parameters: Record<string, unknown>) => Promise<Function_>;
  /** Called with each cancel in progress, so that `close` can wait for it. */
  onCancel: (cancelling: Promise<void>) => void;
}

/** Milliseconds beyond the deadline after which the SDK stops waiting for an output. */
const deadlineMargin = 2_000;

/**
 * Makes one call: spawns it, waits for it within its timeout, and cancels it in the cloud when it is abandoned.
 * Failures are answers.
 */
export async function callFunction(call: ModalCall, options: CallOptions & { timeout: number }): Promise<Answer> {
  const { target } = call;
  const { parameters, inputs, problem } = splitInputs(target, call.inputs);
  if (problem !== undefined) return createErrorAnswer('CALL_INPUT', problem);
  if (target.call === 'arguments' && !isRecord(inputs))
    return createErrorAnswer('CALL_INPUT', `the inputs are not an object: ${target.functionName} takes them by name`);
  return await withDeadline(options, async (ending) => {
    const spawning = call.findFunction(parameters).then((found) => found.spawn(...buildArguments(target, inputs)));
    const spawned = await raceWithAbort(spawning, ending).catch((error) => {
      if (ending.aborted) call.onCancel(spawning.then(cancelCall, ignore));
      return error;
    });
    if (spawned instanceof Error) return explainFailure(spawned, ending);
    try {
      const output = await raceWithAbort(spawned.get({ timeoutMs: options.timeout * 1000 + deadlineMargin }), ending);
      return readOutput(output, target);
    } catch (error) {
      if (ending.aborted) call.onCancel(cancelCall(spawned));
      return await explainFailure(error, ending, spawned);
    }
  });
}

function buildArguments({ call }: ModalInterface, inputs: unknown): [unknown[], Record<string, unknown>?] {
  if (call === 'json') return [[writeJson(inputs)]];
  return isRecord(inputs) && call === 'arguments' ? [[], inputs] : [[inputs]];
}

const cancelCall = (call: FunctionCall): Promise<void> => call.cancel().catch(ignore); // it may have ended by itself
const ignore = (): void => undefined;

function readOutput(value: unknown, target: ModalInterface): Answer {
  const output = target.call === 'json' && typeof value === 'string' ? parseOutput(value) : toJsonValue(value);
  return isAnswer(output) ? output : { status: 'success', output };
}

async function explainFailure(error: unknown, ending: AbortSignal, call?: FunctionCall): Promise<Answer> {
  if (ending.aborted) throw error;
  if (error instanceof InvalidOutputError) return createErrorAnswer('CALL_OUTPUT', error.message);
  if (isNotFound(error)) return createErrorAnswer('NOT_RUNNING', `the software is not up: ${(error as Error).message}`);
  const explained = explainModalError(error);
  if (explained instanceof BerthError)
    return createErrorAnswer(explained.code === 'START_FAILED' ? 'NOT_RUNNING' : explained.code, explained.message);
  const { name, message } = explained as Error;
  if (name === 'RemoteError' && call !== undefined) return await describeException(message, call, ending);
  if (name === 'FunctionTimeoutError')
    return createErrorAnswer('CALL_TIMEOUT', `the function was ended by Modal: ${message}`);
  if (name === 'InternalFailure')
    return createErrorAnswer('CALL_LOST', `the container ended during the call: ${message}`);
  if (name === 'InvalidError') return createErrorAnswer('CALL_FAILED', message);
  if (/^Parameter '\w+' must be/.test(message)) return createErrorAnswer('CALL_INPUT', message); // a parameter of the class, by its type
  return createErrorAnswer('CALL_LOST', `the call did not get through: ${message}`);
}

/** Describes an exception, with the message and the traceback that the container printed, when they are available. */
async function describeException(reported: string, call: FunctionCall, ending: AbortSignal): Promise<Answer> {
  const { findTraceback } = await import('./find-traceback.js');
  const { type, message: shown } = parseRemoteError(reported);
  const logged = await findTraceback(call, ending).catch(() => undefined);
  ending.throwIfAborted();
  if (logged === undefined || (type !== undefined && logged.type !== type))
    return { status: 'error', error: { code: 'CALL_FAILED', message: shown, ...(type !== undefined && { type }) } };
  const message = formatException(logged.type, logged.message);
  return { status: 'error', error: { code: 'CALL_FAILED', message, type: logged.type, traceback: logged.traceback } };
}

function raceWithAbort<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Recognizes an answer that the code builds itself. */
const isAnswer = (value: unknown): value is Answer =>
  isRecord(value) &&
  ((value.status === 'success' && 'output' in value) ||
    (value.status === 'error' && isRecord(value.error) && typeof value.error.code === 'string'));
