import type { Turn } from './turn.js';

/** One request as the endpoint received it. */
export interface RecordedRequest {
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  /** The body as sent. */
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: four providers' request bodies, each read by its own wire format alone.
  body: any;
}

export interface Reply {
  contentType: string;
  body: string;
}

/** A turn with a reply; the endpoint itself handles the others. */
export type Spoken = Extract<Turn, { kind: 'say' | 'write' | 'run' }>;

/** The wire format of one provider. */
export interface Wire {
  /** False for titles, routers, model lists and telemetry, which take no turn of the script. */
  takesTurn(request: RecordedRequest): boolean;
  /** True for an agent without a loop: one reply contains everything up to the next `say`. */
  speaksAtOnce: boolean;
  encode(turns: Spoken[], request: RecordedRequest): Reply;
  encodeAside(request: RecordedRequest): Reply;
  encodeRefusal(status: number): unknown;
}

export const json = (value: unknown): Reply => ({ contentType: 'application/json', body: JSON.stringify(value) });

export const eventStream = (events: string[]): Reply => ({
  contentType: 'text/event-stream',
  body: events.map((event) => `${event}\n\n`).join(''),
});

/** Returns a refusal in the words of providers, because some CLIs report nothing else. */
export const refusalWords = (status: number): string =>
  ({ 401: 'Incorrect API key provided.', 429: 'Rate limit reached.', 529: 'Overloaded.' })[status] ??
  `Refused (${status}).`;
