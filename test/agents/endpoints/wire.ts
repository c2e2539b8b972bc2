import type { Turn } from './turn.js';

/** One request as the endpoint got it. */
export interface RecordedRequest {
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  /** As sent; searched for what must not have been sent. */
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: four providers' request bodies, each read by its own wire format alone.
  body: any;
}

export interface Reply {
  contentType: string;
  body: string;
}

/** A turn that is a reply; the endpoint itself does the refusing and the hanging. */
export type Spoken = Extract<Turn, { kind: 'say' | 'write' | 'run' }>;

/** One provider's way of saying the same few things. */
export interface Wire {
  /** False for titles, routers, model lists, telemetry: those are answered without taking a turn of the script. */
  takesTurn(request: RecordedRequest): boolean;
  /** True where the agent has no loop of its own, so that one reply must hold everything up to the next `say`. */
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

/** Said as providers say it: some CLIs pass on nothing but these words. */
export const refusalWords = (status: number): string =>
  ({ 401: 'Incorrect API key provided.', 429: 'Rate limit reached.', 529: 'Overloaded.' })[status] ??
  `Refused (${status}).`;
