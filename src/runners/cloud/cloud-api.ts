import { BerthError } from '../../errors.js';
import { describeProxy } from '../../network/proxy.js';
import { ProxyError } from '../../network/proxy-error.js';
import { callHttp, type HttpReply } from '../http/http-call.js';

/** An account of a paid cloud. */
export interface CloudAccount {
  /** For a person: `BentoCloud`. */
  cloud: string;
  /** Of its REST API, without a slash at the end. */
  address: string;
  /** The variable that its token is taken from. */
  variable: string;
  /** What says who asks. */
  headers: Record<string, string>;
  /** What else than status 404 says that something does not exist. */
  isMissing?: (reply: HttpReply) => boolean;
}

/** Milliseconds that one request may take. */
const requestTimeout = 30_000;

/**
 * Asks the cloud's REST API: JSON there, JSON back. Undefined for what does not exist.
 *
 * CLOUD_UNREACHABLE when it does not answer or is overloaded, CLOUD_REFUSED when the token is not good for this, and
 * START_FAILED with the cloud's words for every other refusal.
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
  const late = AbortSignal.timeout(requestTimeout);
  try {
    return await callHttp({
      url: address + path,
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: signal === undefined ? late : AbortSignal.any([signal, late]),
    });
  } catch (error) {
    signal?.throwIfAborted();
    const reason = late.aborted ? `no answer within ${requestTimeout / 1000} s` : describeError(error);
    const way = error instanceof ProxyError ? '' : await describeProxy(address); // which says already what is in the way
    throw new BerthError(
      'CLOUD_UNREACHABLE',
      `${cloud} cannot be reached at ${address}${way}: ${reason}`,
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
  const said = `${status}: ${body.toString().slice(0, 500).trim()}`;
  if (status === 401 || status === 403)
    return new BerthError('CLOUD_REFUSED', `${cloud} does not accept the token in ${variable} (${said})`);
  if (status === 408 || status === 429 || status >= 500)
    return new BerthError('CLOUD_UNREACHABLE', `${cloud} at ${address} cannot answer now (${request}: ${said})`);
  return new BerthError('START_FAILED', `${cloud} refuses ${request} (${said})`);
}

/** The token of an account. CLOUD_REFUSED when this process has none. */
export function requireToken(cloud: string, variable: string): string {
  const token = process.env[variable];
  if (token) return token;
  throw new BerthError('CLOUD_REFUSED', `there is no token for ${cloud}: ${variable} is not set`);
}
