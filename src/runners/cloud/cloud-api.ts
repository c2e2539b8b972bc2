import { BerthError } from '../../errors.js';
import { describeProxy } from '../../network/proxy.js';
import { ProxyError } from '../../network/proxy-error.js';
import { callHttp, type HttpReply } from '../http/http-call.js';

/** An account of a paid cloud. */
export interface CloudAccount {
  /** Display name: `BentoCloud`. */
  cloud: string;
  /** Address of its REST API, without a trailing slash. */
  address: string;
  /** Name of the variable with its token. */
  variable: string;
  /** Headers that authenticate a request. */
  headers: Record<string, string>;
  /** Recognizes a reply, other than status 404, that means that something does not exist. */
  isMissing?: (reply: HttpReply) => boolean;
}

/** Milliseconds that one request may take. */
const requestTimeout = 30_000;

/**
 * Sends a JSON request to the cloud's REST API. Returns the JSON of the reply; undefined when the resource does not
 * exist.
 *
 * @throws CLOUD_UNREACHABLE when the cloud does not answer or is overloaded, CLOUD_REFUSED when it does not accept the
 * token, START_FAILED with the cloud's message for any other error reply.
 */
export async function requestCloud(
  account: CloudAccount,
  {
    method = 'GET',
    path,
    body,
    signal,
  }: { method?: string; path: string; body?: unknown; signal?: AbortSignal | undefined },
): Promise<unknown> {
  const reply = await send(account, { method, path, body, signal });
  if (reply.status === 404 || account.isMissing?.(reply)) return undefined;
  if (reply.status >= 200 && reply.status < 300) return readJson(reply);
  throw createRefusalError(account, `${method} ${path}`, reply);
}

async function send(
  { cloud, address, headers }: CloudAccount,
  { method, path, body, signal }: { method: string; path: string; body: unknown; signal: AbortSignal | undefined },
): Promise<HttpReply> {
  const timeout = AbortSignal.timeout(requestTimeout);
  try {
    return await callHttp({
      url: address + path,
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
  } catch (error) {
    signal?.throwIfAborted();
    const reason = timeout.aborted ? `no answer within ${requestTimeout / 1000} s` : describeError(error);
    const proxyNote = error instanceof ProxyError ? '' : await describeProxy(address); // its message names the proxy already
    throw new BerthError(
      'CLOUD_UNREACHABLE',
      `${cloud} cannot be reached at ${address}${proxyNote}: ${reason}`,
      {},
      { cause: error },
    );
  }
}

const describeError = (error: unknown): string =>
  error instanceof ProxyError
    ? error.message
    : ((error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : String(error)));

function readJson({ body }: HttpReply): unknown {
  if (body.length === 0) return null;
  return JSON.parse(body.toString());
}

function createRefusalError({ cloud, address, variable }: CloudAccount, request: string, reply: HttpReply): BerthError {
  const { status, body } = reply;
  const reason = `${status}: ${body.toString().slice(0, 500).trim()}`;
  if (status === 401 || status === 403)
    return new BerthError('CLOUD_REFUSED', `${cloud} does not accept the token in ${variable} (${reason})`);
  if (status === 408 || status === 429 || status >= 500)
    return new BerthError('CLOUD_UNREACHABLE', `${cloud} at ${address} cannot answer now (${request}: ${reason})`);
  return new BerthError('START_FAILED', `${cloud} refuses ${request} (${reason})`);
}

/**
 * Returns the token of an account.
 *
 * @throws CLOUD_REFUSED when the variable is not set.
 */
export function requireToken(cloud: string, variable: string): string {
  const token = process.env[variable];
  if (token) return token;
  throw new BerthError('CLOUD_REFUSED', `there is no token for ${cloud}: ${variable} is not set`);
}
