import { Agent, type IncomingHttpHeaders, type RequestOptions, request } from 'node:http';
import { urlToHttpOptions } from 'node:url';
import { CancelSource } from '../cancel-source.js';

export interface HttpCall {
  /** With `http:` or `https:`. */
  url: string;
  /** POST when there is a body, else GET. */
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  agent?: Agent;
  /** Ends the call: it then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** The same, in place of a signal. */
  cancelSource?: CancelSource;
  /** Told as soon as the reply begins, which may be long before its body ends. */
  onHeaders?: (headers: IncomingHttpHeaders) => void;
}

export interface HttpReply {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** False when the connection ended before the body did. */
  isComplete: boolean;
}

/**
 * One HTTP request, without a deadline of its own: `fetch` gives up on a server that takes longer than five minutes.
 * Rejects when the server cannot be reached (ECONNREFUSED) or ends the connection before it answers (ECONNRESET).
 */
export const callHttp = (call: HttpCall): Promise<HttpReply> =>
  isSecure(call.url) ? callSecurely(call) : exchange(call, request);

async function callSecurely(call: HttpCall): Promise<HttpReply> {
  const { send, agent } = await loadHttps(call);
  return await exchange({ ...call, ...(agent && { agent }) }, send);
}

/** Connections to the server of this URL that are used again while no more than so many milliseconds pass between calls. */
export async function createKeepAliveAgent(url: string, idleTime: number): Promise<Agent> {
  const options = { keepAlive: true, timeout: idleTime };
  if (!isSecure(url)) return new Agent(options);
  const [{ Agent: SecureAgent }, { openProxy }] = await Promise.all([
    import('node:https'),
    import('../../network/proxy.js'),
  ]);
  return (await openProxy(url, options)) ?? new SecureAgent(options);
}

export const isSecure = (url: string): boolean => url.startsWith('https:');

/** What https needs is loaded with the first of its calls; it goes by the proxy that the environment names, if any. */
export async function loadHttps({ url, agent }: HttpCall): Promise<{ send: typeof request; agent?: Agent }> {
  const [{ request: send }, { openProxy }] = await Promise.all([
    import('node:https'),
    import('../../network/proxy.js'),
  ]);
  const chosen = agent ?? (await openProxy(url));
  return { send, ...(chosen && { agent: chosen }) };
}

const empty = Buffer.alloc(0);

let latest: { url: string; address: RequestOptions } | undefined;

/** Where a request goes; kept of the latest, because whoever makes many calls makes them to one address. */
function parseAddress(url: string): RequestOptions {
  if (latest?.url !== url) latest = { url, address: urlToHttpOptions(new URL(url)) };
  return latest.address;
}

function exchange(
  { url, method, headers = {}, body, agent, signal, cancelSource, onHeaders }: HttpCall,
  send: typeof request,
): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const end = cancelSource ?? (signal && CancelSource.fromSignal(signal));
    if (end?.isCanceled) return reject(end.reason);
    const options = { ...parseAddress(url), method: method ?? (body === undefined ? 'GET' : 'POST'), headers };
    const call = send(agent === undefined ? options : { ...options, agent }, (response) => {
      onHeaders?.(response.headers);
      const chunks: Buffer[] = [];
      const finish = () => {
        if (end?.isCanceled) return reject(end.reason);
        const { statusCode: status = 0, headers, complete: isComplete } = response;
        const [only = empty] = chunks;
        resolve({ status, headers, body: chunks.length > 1 ? Buffer.concat(chunks) : only, isComplete });
      };
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', finish).on('end', finish);
    });
    if (end !== undefined) {
      end.setListener(() => {
        call.destroy();
        reject(end.reason); // a request without a connection yet says nothing of its end
      });
      call.on('close', () => end.setListener(undefined));
    }
    call.on('error', (error) => reject(end?.isCanceled ? end.reason : error));
    call.end(body);
  });
}
