import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { say, type Turn } from './turn.js';
import type { RecordedRequest, Spoken, Wire } from './wire.js';

/** Model endpoint on loopback that follows a script and records its requests. */
export interface ScriptedEndpoint {
  /** `http://127.0.0.1:PORT`, without a path. */
  url: string;
  requests: RecordedRequest[];
  /** Sets the next turns, and drops the rest of an earlier script. */
  script(...turns: Turn[]): void;
  close(): Promise<void>;
}

export async function startEndpoint(wire: Wire): Promise<ScriptedEndpoint> {
  const requests: RecordedRequest[] = [];
  let turns: Turn[] = [];
  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await recordRequest(message);
    requests.push(request);
    if (!wire.takesTurn(request)) return send(response, 200, wire.encodeAside(request));
    const turn = turns.shift() ?? say('The script is over.');
    if (turn.kind === 'hang') return;
    if (turn.kind === 'refuse') return refuse(response, turn, wire);
    const spoken: Spoken[] = [turn];
    while (wire.speaksAtOnce && spoken.at(-1)?.kind !== 'say' && isSpoken(turns[0]))
      spoken.push(turns.shift() as Spoken);
    send(response, 200, wire.encode(spoken, request));
  };
  const server = createServer((message, response) => void answer(message, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    script: (...next) => {
      turns = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const isSpoken = (turn: Turn | undefined): turn is Spoken =>
  turn !== undefined && turn.kind !== 'hang' && turn.kind !== 'refuse';

async function recordRequest(message: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return { method: message.method ?? '', path: message.url ?? '', headers: message.headers, text, body: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function send(response: ServerResponse, status: number, { contentType, body }: { contentType: string; body: string }) {
  response.writeHead(status, { 'content-type': contentType }).end(body);
}

function refuse(response: ServerResponse, turn: Extract<Turn, { kind: 'refuse' }>, wire: Wire): void {
  if (turn.retryAfter !== undefined) response.setHeader('retry-after', String(turn.retryAfter));
  const body = JSON.stringify(wire.encodeRefusal(turn.status));
  send(response, turn.status, { contentType: 'application/json', body });
}
