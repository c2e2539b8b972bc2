import { Agent, type IncomingHttpHeaders, type RequestOptions, request } from 'node:http';
import { urlToHttpOptions } from 'node:url';
import { CancelSource } from '../cancel-source.js';

export interface HttpCall {
  /** An `http:` or `https:` address. */
  url: string;
  /** POST when there is a body, GET otherwise. */
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  agent?: Agent;
  /** Ends the call, which rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Alternative to `signal`, with the same effect. */
  cancelSource?: CancelSource;
  /** Called as soon as the reply begins, which may be long before its body ends. */
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
 * Sends one HTTP request. It has no deadline: `fetch` gives up on a server that takes longer than five minutes. Rejects
 * when the server cannot be reached (ECONNREFUSED) or ends the connection before it answers (ECONNRESET).
 */
export const callHttp = (call: HttpCall): Promise<HttpReply> =>
  isSecure(call.url) ? callSecurely(call) : exchange(call, request);

async function callSecurely(call: HttpCall): Promise<HttpReply> {
  const { send, agent } = await loadHttps(call);
  return await exchange({ ...call, ...(agent && { agent }) }, send);
}

/**
 * Creates an agent that reuses connections to the server of this URL until they are idle for `idleTimeout`
 * milliseconds.
 */
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

/** Loads the modules for https with its first call. Uses the proxy that the environment names, if any. */
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

/** Parses an address. Keeps the latest one, because a caller that makes many calls makes them to one address. */
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
        reject(end.reason); // without a connection, the request does not report its end
      });
      call.on('close', () => end.setListener(undefined));
    }
    call.on('error', (error) => reject(end?.isCanceled ? end.reason : error));
    call.end(body);
  });
}
