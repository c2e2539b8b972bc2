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
  /** A server of one's own wants none. */
  apiKey?: string | undefined;
  /** Base of the protocol's paths, such as `http://127.0.0.1:8080/v1`; the public one when absent. */
  baseUrl?: string | undefined;
  /** Seconds for one answer, with all tries that it takes. */
  timeout?: number;
}

/** Asked for where BERTH_MODEL names none. */
export const defaultModel = 'gpt-5.5';

/** Seconds; a model on a CPU reads the prompt in less. */
const timeoutSeconds = 60;

/** What a server says to a request of which it does not know a part. */
const rejectionStatuses: unknown[] = [400, 415, 422, 501];

/** Our own, because the client's would wait as long as a provider asks, whatever ends the question meanwhile. */
const retryLimit = 2;
const transientStatuses: unknown[] = [undefined, 408, 409, 429, 500, 502, 503, 504, 529];

/** The model that OPENAI_API_KEY or OPENAI_BASE_URL, and BERTH_MODEL, configure; undefined where neither is set. */
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
 * Any endpoint that speaks the OpenAI chat protocol. What it refuses is asked for less strictly, and not again: a JSON
 * schema, JSON of any shape, words alone; temperature 0 where it lets one choose.
 */
export class OpenaiModel implements SelectionModel {
  readonly name: string;
  private readonly options: OpenaiModelOptions;
  /** What it answered to last. */
  private demands: RequestMode = { format: 'json_schema', hasTemperature: true };

  constructor(options: OpenaiModelOptions) {
    this.name = options.model;
    this.options = options;
  }

  /** Throws what keeps it from answering, without the key. */
  async choose(question: SelectionQuestion): Promise<SelectionReply> {
    const { apiKey, timeout = timeoutSeconds } = this.options;
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
    let demands: RequestMode | undefined = this.demands;
    for (let retries = 0; ; ) {
      const request = this.buildRequest(question, prompt, demands);
      try {
        const completion = await client.chat.completions.create(request, { signal });
        const message = completion.choices?.[0]?.message; // Absent in what some servers answer, whatever the type says.
        this.demands = demands;
        return { model: this.name, format: demands.format, prompt, answer: message?.content ?? message?.refusal ?? '' };
      } catch (error) {
        if (signal.aborted) throw error;
        const lowered = downgradeMode(demands, error);
        if (lowered === undefined) {
          if (!isTransient(error) || retries === retryLimit) throw error;
          await sleep(readRetryAfter(error) ?? 500 * 2 ** retries, undefined, { signal });
          retries += 1;
        }
        demands = lowered ?? demands;
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

/** What to ask for after a refusal; undefined when there is nothing less, or something else is wrong. */
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

/** Overload, or no connection: an error of the client's without a status. */
const isTransient = (error: unknown): boolean => transientStatuses.includes((error as { status?: unknown }).status);

/** Milliseconds, where the provider says it in seconds. */
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

/** A connection's error says only that there is none; its innermost cause says why. */
function describeError(error: unknown): string {
  const failure = error as Failure; // Whatever is thrown, these are looked for and may be absent.
  const message = failure.message ?? String(error);
  let cause = failure.cause;
  while (cause?.cause !== undefined) cause = cause.cause;
  const why = cause?.message || cause?.code;
  return why === undefined ? message : `${message.replace(/\.$/, '')}: ${why}`;
}
