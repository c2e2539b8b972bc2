import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';
import { classifyFailure } from './classify-failure.js';
import { type Message, shortenMessages } from './openai-session.js';
import { toolDefinitions } from './openai-tools.js';
import type { Failure, RunLog } from './run-log.js';

export type Completion = OpenAI.Chat.Completions.ChatCompletion;

/** Limits of the retries of one request. The caller handles longer waits. */
const maxAttempts = 3;
const maxWaitSeconds = 15;

export interface ReplyRequest {
  client: OpenAI;
  model: string;
  messages: Message[];
  signal: AbortSignal;
  log: RunLog;
  /** Called for each part that arrives. */
  onPart: () => void;
}

/** Requests one reply of the model and streams it. Returns failures as values; rejects only when the signal aborts. */
export async function requestReply(request: ReplyRequest): Promise<Completion | Failure> {
  for (let attempt = 1; ; attempt += 1) {
    const reply = await attemptReply(request);
    if (!('reason' in reply)) return reply;
    const isTransient = reply.reason === 'rate-limited' || reply.reason === 'unreachable';
    const wait = reply.retryAfterSeconds ?? 2 ** (attempt - 1);
    if (!isTransient || attempt === maxAttempts || wait > maxWaitSeconds) return reply;
    request.log.emitEvent('retry', `attempt ${attempt} failed, retrying in ${wait} s: ${reply.text}`);
    await sleep(wait * 1000, undefined, { signal: request.signal });
  }
}

async function attemptReply({ client, model, messages, signal, onPart }: ReplyRequest): Promise<Completion | Failure> {
  try {
    const stream = client.chat.completions.stream(
      {
        model,
        messages: shortenMessages(messages),
        tools: toolDefinitions,
        stream_options: { include_usage: true },
      },
      { signal },
    );
    stream.on('chunk', onPart);
    return await stream.finalChatCompletion();
  } catch (error) {
    signal.throwIfAborted();
    return describeError(error);
  }
}

function describeError(error: unknown): Failure {
  if (!(error instanceof OpenAI.APIError))
    return classifyFailure(error instanceof Error ? error.message : String(error));
  if (error instanceof OpenAI.APIConnectionError) {
    const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
    return { reason: 'unreachable', text: `${error.message}${cause}`, retryAfterSeconds: null };
  }
  return classifyFailure(
    error.message,
    error.status ?? null,
    readRetryAfter(error.headers?.get('retry-after') ?? null),
  );
}

/** Reads the header's seconds or date as seconds from now. */
function readRetryAfter(header: string | null): number | null {
  if (header === null) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return seconds;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}
