import { setTimeout as sleep } from 'node:timers/promises';
import type OpenAI from 'openai';
import { proxiedFetch } from '../network/proxied-fetch.js';
import { redact } from '../secrets/redact.js';
import { buildAnswerSchema } from './build-answer-schema.js';
import type { SelectionModel, SelectionQuestion, SelectionReply } from './selection-model.js';
import { buildCorrection, buildSelectionPrompt, selectionRole } from './selection-prompt.js';

export interface OpenaiModelOptions {
  /** The model's name at the endpoint. */
  model: string;
  /** A self-hosted server may not need one. */
  apiKey?: string | undefined;
  /** Base URL, such as `http://127.0.0.1:8080/v1`. Defaults to OpenAI's public endpoint. */
  baseUrl?: string | undefined;
  /** Seconds for one answer, including retries. */
  timeout?: number;
}

/** Used if BERTH_MODEL is not set. */
export const defaultModel = 'gpt-5.5';

/** Seconds; a model on a CPU reads the prompt in less. */
const defaultTimeout = 60;

/** Statuses with which servers reject a request that contains an unknown part. */
const rejectionStatuses: unknown[] = [400, 415, 422, 501];

/** Berth retries by itself: the client's retries wait as long as the provider requests and ignore the abort signal. */
const maxRetries = 2;
const transientStatuses: unknown[] = [undefined, 408, 409, 429, 500, 502, 503, 504, 529];

/**
 * Returns the model that OPENAI_API_KEY, OPENAI_BASE_URL and BERTH_MODEL configure; undefined if the first two are
 * unset.
 */
export function findOpenaiModel(environment: NodeJS.ProcessEnv = process.env): OpenaiModel | undefined {
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseUrl, BERTH_MODEL: model } = environment;
  if (!apiKey && !baseUrl) return undefined;
  return new OpenaiModel({ model: model || defaultModel, apiKey: apiKey || undefined, baseUrl: baseUrl || undefined });
}

type Format = SelectionReply['format'];

interface RequestMode {
  format: Format;
  hasTemperature: boolean;
}

type Message = OpenAI.Chat.Completions.ChatCompletionMessageParam;
type Request = OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming;

/**
 * A model behind any endpoint that speaks the OpenAI chat protocol. If the endpoint rejects a request, the mode is
 * downgraded for good: from a JSON schema to any JSON object to plain text, and from temperature 0 to the default.
 */
export class OpenaiModel implements SelectionModel {
  readonly name: string;
  private readonly options: OpenaiModelOptions;
  /** The mode of the last successful request. */
  private mode: RequestMode = { format: 'json_schema', hasTemperature: true };

  constructor(options: OpenaiModelOptions) {
    this.name = options.model;
    this.options = options;
  }

  /**
   * Returns the model's answer.
   *
   * @throws the error that prevented an answer, with the key redacted
   */
  async choose(question: SelectionQuestion): Promise<SelectionReply> {
    const { apiKey, timeout = defaultTimeout } = this.options;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), timeout * 1000);
    const signal = AbortSignal.any([deadline.signal, ...(question.signal ? [question.signal] : [])]);
    try {
      return await this.request(question, signal);
    } catch (error) {
      question.signal?.throwIfAborted();
      if (deadline.signal.aborted) throw new Error(`${this.name} did not answer within ${timeout} s`);
      throw new Error(redact(describeError(error), apiKey === undefined ? [] : [apiKey]));
    } finally {
      clearTimeout(timer);
    }
  }

  private async request(question: SelectionQuestion, signal: AbortSignal): Promise<SelectionReply> {
    const client = await this.connect();
    const prompt = buildSelectionPrompt(question);
    let mode = this.mode;
    for (let retries = 0; ; ) {
      const request = this.buildRequest(question, prompt, mode);
      try {
        const completion = await client.chat.completions.create(request, { signal });
        const message = completion.choices?.[0]?.message; // some servers omit `choices`, whatever the type says
        this.mode = mode;
        return { model: this.name, format: mode.format, prompt, answer: message?.content ?? message?.refusal ?? '' };
      } catch (error) {
        if (signal.aborted) throw error;
        const downgraded = downgradeMode(mode, error);
        if (downgraded === undefined) {
          if (!isTransient(error) || retries === maxRetries) throw error;
          await sleep(readRetryAfter(error) ?? 500 * 2 ** retries, undefined, { signal });
          retries += 1;
        }
        mode = downgraded ?? mode;
      }
    }
  }

  private async connect(): Promise<OpenAI> {
    const { default: Client } = await import('openai');
    const { apiKey = 'none', baseUrl } = this.options;
    return new Client({
      apiKey,
      maxRetries: 0,
      fetch: proxiedFetch,
      ...(baseUrl !== undefined && { baseURL: baseUrl }),
    });
  }

  private buildRequest(question: SelectionQuestion, prompt: string, { format, hasTemperature }: RequestMode): Request {
    return {
      model: this.name,
      messages: buildMessages(question, prompt),
      ...(hasTemperature && { temperature: 0 }),
      ...buildResponseFormat(format, question),
    };
  }
}

/** Returns the next weaker mode after a rejection; undefined if there is none, or the error has another cause. */
function downgradeMode({ format, hasTemperature }: RequestMode, error: unknown): RequestMode | undefined {
  const { status, message } = error as { status?: unknown; message?: unknown };
  if (!rejectionStatuses.includes(status)) return undefined;
  if (hasTemperature && /temperature/i.test(String(message))) return { format, hasTemperature: false };
  const next = format === 'json_schema' ? 'json_object' : 'text';
  return format === 'text' ? undefined : { format: next, hasTemperature };
}

function buildMessages({ correction }: SelectionQuestion, prompt: string): Message[] {
  const question: Message[] = [
    { role: 'system', content: selectionRole },
    { role: 'user', content: prompt },
  ];
  if (correction === undefined) return question;
  const { answer, mistake } = correction;
  return [...question, { role: 'assistant', content: answer }, { role: 'user', content: buildCorrection(mistake) }];
}

function buildResponseFormat(format: Format, { strategies }: SelectionQuestion): Pick<Request, 'response_format'> {
  if (format === 'text') return {};
  if (format === 'json_object') return { response_format: { type: 'json_object' } };
  const schema = buildAnswerSchema(strategies.map(({ name }) => name));
  return { response_format: { type: 'json_schema', json_schema: { name: 'selection', strict: true, schema } } };
}

/** Returns true for overload, and for a failed connection, which is a client error without a status. */
const isTransient = (error: unknown): boolean => transientStatuses.includes((error as { status?: unknown }).status);

/** Reads the `retry-after` header, in seconds; returns milliseconds. */
function readRetryAfter(error: unknown): number | undefined {
  const { headers } = error as { headers?: Headers };
  const seconds = Number.parseFloat(headers?.get('retry-after') ?? '');
  return Number.isNaN(seconds) ? undefined : seconds * 1000;
}

interface Failure {
  message?: string;
  code?: string;
  cause?: Failure;
}

/** Describes an error with its innermost cause, because the message of a connection error has no details. */
function describeError(error: unknown): string {
  const failure = error as Failure; // every property is optional, so this holds for any error
  const message = failure.message ?? String(error);
  let cause = failure.cause;
  while (cause?.cause !== undefined) cause = cause.cause;
  const reason = cause?.message || cause?.code;
  return reason === undefined ? message : `${message.replace(/\.$/, '')}: ${reason}`;
}
