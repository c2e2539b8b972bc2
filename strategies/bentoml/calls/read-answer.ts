import type { Answer } from '../../../src/contract/answer.js';
import type { ErrorCode } from '../../../src/errors.js';
import { type ReadJson, readJson } from '../../../src/json/read-json.js';
import { createErrorAnswer } from '../../../src/runners/call-deadline.js';
import { formatException } from '../../../src/runners/format-exception.js';
import type { HttpReply } from '../../../src/runners/http/http-call.js';
import type { LoggedException } from './find-exception.js';
import type { ServiceApi } from './service-api.js';

/** Statuses that mean invalid inputs. */
const inputErrorStatuses = new Set([400, 413, 415, 422]);

/** Finds the call's exception in the log. Waits for it when the call has failed. */
export type FindFailure = (hasFailed: boolean) => Promise<LoggedException | undefined>;

export interface AnswerOptions {
  findFailure: FindFailure;
  /** Reads the output. By default, an integer beyond 2^53 becomes a bigint. */
  read?: ReadJson | undefined;
}

/** Turns the server's reply into an answer; synchronously when there is no exception to look for. */
export function readAnswer(
  reply: HttpReply,
  api: ServiceApi,
  { findFailure, read = readJson }: AnswerOptions,
): Answer | Promise<Answer> {
  const { status, isComplete } = reply;
  const hasFailed = status < 200 || status >= 300 || !isComplete;
  // A stream that an exception cut short ends like any other.
  return hasFailed || api.isStream
    ? explainReply(reply, api, { hasFailed, findFailure, read })
    : toAnswer(readOutput(reply, api, read));
}

interface FailureContext {
  hasFailed: boolean;
  findFailure: FindFailure;
  read: ReadJson;
}

async function explainReply(
  reply: HttpReply,
  api: ServiceApi,
  { hasFailed, findFailure, read }: FailureContext,
): Promise<Answer> {
  const { status, isComplete } = reply;
  if (status === 504) return createErrorAnswer('CALL_TIMEOUT', explainTimeout(describeErrorReply(reply)));
  if (inputErrorStatuses.has(status)) return createErrorAnswer('CALL_INPUT', describeErrorReply(reply));
  const exception = await findFailure(hasFailed);
  if (exception !== undefined) return describeException(exception);
  if (!hasFailed) return toAnswer(readOutput(reply, api, read));
  if (!isComplete) return createErrorAnswer('CALL_LOST', 'the server ended during the call');
  return createErrorAnswer('CALL_FAILED', `the service answered ${status}: ${describeErrorReply(reply)}`);
}

/** Describes an exception: an output that JSON cannot hold is CALL_OUTPUT, any other is CALL_FAILED. */
function describeException({ type, message, traceback }: LoggedException): Answer {
  const code: ErrorCode = type === 'PydanticSerializationError' ? 'CALL_OUTPUT' : 'CALL_FAILED';
  return { status: 'error', error: { code, message: formatException(type, message), type, traceback } };
}

/** Explains a timeout: BentoML's message does not say that it is the service's own. */
function explainTimeout(refusal: string): string {
  const [, seconds] = /^Not able to process the request in ([\d.]+) seconds$/.exec(refusal) ?? [];
  if (seconds === undefined) return refusal;
  return `the service itself ended the call after ${Number(seconds)} s: traffic.timeout of its @bentoml.service says so, whatever --timeout is`;
}

/** Reads BentoML's error replies: `{"error": …, "detail": […]}`, `[{"error": …}]`, or plain text. */
function describeErrorReply({ body }: HttpReply): string {
  const text = body.toString();
  const parsed = parseJson(text, readJson);
  const { error, detail } = ((Array.isArray(parsed) ? parsed[0] : parsed) ?? {}) as ErrorReply; // checked key by key below
  const problems = Array.isArray(detail) ? detail.map(({ loc, msg }) => `${loc?.join('.')}: ${msg}`).join('; ') : '';
  if (typeof error !== 'string') return text.slice(0, 500);
  return problems === '' ? error : `${error}: ${problems}`;
}

interface ErrorReply {
  error?: unknown;
  detail?: { loc?: unknown[]; msg?: string }[];
}

function readOutput({ headers, body }: HttpReply, { isFileOutput, outputKey }: ServiceApi, read: ReadJson): unknown {
  const contentType = (headers['content-type'] ?? 'application/octet-stream').replaceAll(' ', '');
  const [mediaType = ''] = contentType.split(';');
  if (!isFileOutput && mediaType === 'application/json') {
    const text = body.toString();
    const value = parseJson(text, read);
    if (value === undefined) return text; // the text of an API without a declared type comes unquoted
    return outputKey === null ? value : (value as Record<string, unknown>)[outputKey];
  }
  if (!isFileOutput && mediaType.startsWith('text/')) return body.toString();
  return `data:${isFileOutput ? mediaType : contentType};base64,${body.toString('base64')}`;
}

/** Returns an answer that the code built itself without wrapping it, as every strategy does. */
function toAnswer(output: unknown): Answer {
  const own = output as { status?: unknown; output?: unknown; error?: unknown } | null;
  if (own?.status === 'success' && 'output' in own) return own as Answer;
  if (own?.status === 'error' && 'error' in own) return { ...own, status: 'error', error: toError(own.error) };
  return { status: 'success', output };
}

const toError = (error: unknown) =>
  typeof error === 'object' && error !== null
    ? { code: 'CALL_FAILED', message: 'the software answered with an error', ...error }
    : { code: 'CALL_FAILED', message: String(error) };

/** Returns undefined for text that is not JSON. */
function parseJson(text: string, read: ReadJson): unknown {
  try {
    return read(text);
  } catch {
    return undefined;
  }
}
