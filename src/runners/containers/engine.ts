import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import type { DockerOptions } from 'dockerode';
import { BerthError } from '../../errors.js';

/** Milliseconds that an engine has to say that it is there. */
const pingTimeout = 5_000;

/** `ping` takes what other calls take; its types do not say so. */
interface Pingable {
  ping(options: { abortSignal: AbortSignal }): Promise<unknown>;
}

/** The engine at this address, seen to answer. ENGINE_UNREACHABLE, with how it failed. */
export async function openEngine(address: string): Promise<Docker> {
  const { default: DockerClient } = await import('dockerode');
  const engine = new DockerClient(await buildConnectionOptions(address));
  try {
    await (engine as Pingable).ping({ abortSignal: AbortSignal.timeout(pingTimeout) });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw createUnreachableError(`no container engine answers at ${address}: ${message}`, error);
  }
  limitRequestTime(engine);
  translateLostConnections(engine);
  return engine;
}

/** Milliseconds that an engine has to answer a question, and to do something: removing a large image takes a while. */
const readTimeout = 60_000;
const writeTimeout = 300_000;

/** What takes as long as it takes, or streams: `wait` and logs have ends of their own. */
const isUnbounded =
  /\/(build|commit|wait|logs|attach|events|stats|archive|export|get|load|push|exec|session|grpc)\b|\/images\/create/;

/** An engine that accepts a call and never answers fails it. */
function limitRequestTime({ modem }: Docker): void {
  const dial = modem.dial.bind(modem);
  modem.dial = (options, answer) => {
    const { path, method, abortSignal } = options as { path: string; method: string; abortSignal?: AbortSignal };
    if (abortSignal !== undefined || isUnbounded.test(path)) return dial(options, answer);
    const patience = method === 'GET' ? readTimeout : writeTimeout;
    const late = AbortSignal.timeout(patience);
    dial({ ...options, abortSignal: late }, (error, ...rest) =>
      answer?.(error && late.aborted ? createTimeoutError(patience) : error, ...rest),
    );
  };
}

const createTimeoutError = (patience: number): BerthError =>
  createUnreachableError(`the container engine did not answer within ${patience / 1000} s`, undefined);

/** Lets each of its calls fail with ENGINE_UNREACHABLE where the engine has gone away in the meantime. */
function translateLostConnections({ modem }: Docker): void {
  const dial = modem.dial.bind(modem);
  modem.dial = (options, answer) =>
    dial(options, (error, ...rest) =>
      answer?.(isConnectionLost(error) ? createEngineLostError(error) : error, ...rest),
    );
}

/** Of a connection that could not be made, or broke. */
export const isConnectionLost = (error: unknown): error is NodeJS.ErrnoException => {
  const { code = '', syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return syscall === 'connect' || ['ECONNRESET', 'EPIPE', 'ETIMEDOUT'].includes(code);
};

/** The engine went away during a call. */
export const createEngineLostError = (cause: Error): BerthError =>
  createUnreachableError(`the container engine has gone away: ${cause.message}`, cause);

const createUnreachableError = (message: string, cause: unknown): BerthError =>
  new BerthError('ENGINE_UNREACHABLE', message, {}, { cause });

async function buildConnectionOptions(address: string): Promise<DockerOptions> {
  const { protocol, hostname, port, pathname } = new URL(address);
  if (protocol === 'unix:') return { socketPath: pathname, host: '' }; // no host, also where DOCKER_HOST names one
  if (protocol !== 'tcp:' && protocol !== 'http:' && protocol !== 'https:')
    throw new BerthError('ENGINE_UNREACHABLE', `${address}: an engine is reached by unix:// or tcp:// only`);
  const isSecure = protocol === 'https:' || Boolean(process.env.DOCKER_TLS_VERIFY);
  const plain = { host: hostname, port: port || (isSecure ? 2376 : 2375) };
  return isSecure ? { ...plain, protocol: 'https', ...(await readCertificates()) } : { ...plain, protocol: 'http' };
}

/** From `DOCKER_CERT_PATH`, which must hold all three, else from where Docker itself looks, as far as they are there. */
async function readCertificates(): Promise<Pick<DockerOptions, 'ca' | 'cert' | 'key'>> {
  const named = process.env.DOCKER_CERT_PATH;
  const directory = named || join(homedir(), '.docker');
  const read = (name: string) =>
    readFile(join(directory, `${name}.pem`)).catch((cause: Error) => {
      if (!named) return undefined;
      throw new BerthError('ENGINE_UNREACHABLE', `DOCKER_CERT_PATH: ${cause.message}`, {}, { cause });
    });
  const [ca, cert, key] = await Promise.all(['ca', 'cert', 'key'].map(read));
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

/** The HTTP status with which the engine refused; undefined for anything else. */
export const getStatusCode = (error: unknown): number | undefined => (error as { statusCode?: number }).statusCode;

/** Undefined in place of “there is no such thing”. */
export async function ignoreMissing<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (getStatusCode(error) === 404) return undefined;
    throw error;
  }
}

/** BuildKit is part of Docker's own engine since 20.10 (API 1.41); engines of others speak the API without it. */
export async function hasBuildKit(engine: Docker): Promise<boolean> {
  const { ApiVersion, Os, Components = [] } = await engine.version();
  const [major = 0, minor = 0] = ApiVersion.split('.').map(Number);
  const isDocker = Components.some(({ Name }: { Name: string }) => Name === 'Engine');
  return isDocker && Os === 'linux' && (major > 1 || minor >= 41);
}
