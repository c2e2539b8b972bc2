import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import type { DockerOptions } from 'dockerode';
import { BerthError } from '../../errors.js';

/** Milliseconds that an engine may take to answer a ping. */
const pingTimeout = 5_000;

/** `ping` accepts the options of other calls, but its type lacks them. */
interface Pingable {
  ping(options: { abortSignal: AbortSignal }): Promise<unknown>;
}

/**
 * Connects to the engine at this address and checks that it answers.
 *
 * @throws ENGINE_UNREACHABLE when it does not. Calls to the engine throw it, too, when the connection is lost.
 */
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

/** Milliseconds that an engine may take for a GET request. */
const readTimeout = 60_000;
/** Milliseconds for any other request. Removing a large image takes a while. */
const writeTimeout = 300_000;

/** Requests without a timeout, because they stream or take as long as they need. */
const isUnbounded =
  /\/(build|commit|wait|logs|attach|events|stats|archive|export|get|load|push|exec|session|grpc)\b|\/images\/create/;

/** Adds timeouts to requests, for an engine that accepts a request and never answers. */
function limitRequestTime({ modem }: Docker): void {
  const dial = modem.dial.bind(modem);
  modem.dial = (options, answer) => {
    const { path, method, abortSignal } = options as { path: string; method: string; abortSignal?: AbortSignal };
    if (abortSignal !== undefined || isUnbounded.test(path)) return dial(options, answer);
    const timeout = method === 'GET' ? readTimeout : writeTimeout;
    const expired = AbortSignal.timeout(timeout);
    dial({ ...options, abortSignal: expired }, (error, ...rest) =>
      answer?.(error && expired.aborted ? createTimeoutError(timeout) : error, ...rest),
    );
  };
}

const createTimeoutError = (timeout: number): BerthError =>
  createUnreachableError(`the container engine did not answer within ${timeout / 1000} s`, undefined);

/** Converts lost connections to ENGINE_UNREACHABLE in every request. */
function translateLostConnections({ modem }: Docker): void {
  const dial = modem.dial.bind(modem);
  modem.dial = (options, answer) =>
    dial(options, (error, ...rest) =>
      answer?.(isConnectionLost(error) ? createEngineLostError(error) : error, ...rest),
    );
}

/** Checks for a connection that could not be opened, or broke. */
export const isConnectionLost = (error: unknown): error is NodeJS.ErrnoException => {
  const { code = '', syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return syscall === 'connect' || ['ECONNRESET', 'EPIPE', 'ETIMEDOUT'].includes(code);
};

/** Creates the error for an engine that is lost during a request. */
export const createEngineLostError = (cause: Error): BerthError =>
  createUnreachableError(`the connection to the container engine was lost: ${cause.message}`, cause);

const createUnreachableError = (message: string, cause: unknown): BerthError =>
  new BerthError('ENGINE_UNREACHABLE', message, {}, { cause });

async function buildConnectionOptions(address: string): Promise<DockerOptions> {
  const { protocol, hostname, port, pathname } = new URL(address);
  if (protocol === 'unix:') return { socketPath: pathname, host: '' }; // overrides the host in DOCKER_HOST
  if (protocol !== 'tcp:' && protocol !== 'http:' && protocol !== 'https:')
    throw new BerthError('ENGINE_UNREACHABLE', `${address} is not supported: use unix:// or tcp://`);
  const isSecure = protocol === 'https:' || Boolean(process.env.DOCKER_TLS_VERIFY);
  const plain = { host: hostname, port: port || (isSecure ? 2376 : 2375) };
  return isSecure ? { ...plain, protocol: 'https', ...(await readCertificates()) } : { ...plain, protocol: 'http' };
}

/** Reads the certificates from `DOCKER_CERT_PATH`, which must contain all three, else those that exist in `~/.docker`. */
async function readCertificates(): Promise<Pick<DockerOptions, 'ca' | 'cert' | 'key'>> {
  const configuredPath = process.env.DOCKER_CERT_PATH;
  const directory = configuredPath || join(homedir(), '.docker');
  const read = (name: string) =>
    readFile(join(directory, `${name}.pem`)).catch((cause: Error) => {
      if (!configuredPath) return undefined;
      throw new BerthError('ENGINE_UNREACHABLE', `DOCKER_CERT_PATH: ${cause.message}`, {}, { cause });
    });
  const [ca, cert, key] = await Promise.all(['ca', 'cert', 'key'].map(read));
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

/** Returns the HTTP status of an engine's error; undefined for any other error. */
export const getStatusCode = (error: unknown): number | undefined => (error as { statusCode?: number }).statusCode;

/** Returns undefined if the engine answers that a resource does not exist. */
export async function ignoreMissing<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (getStatusCode(error) === 404) return undefined;
    throw error;
  }
}

/** Checks for BuildKit. Docker has it since version 20.10 (API 1.41); other engines implement the API without it. */
export async function hasBuildKit(engine: Docker): Promise<boolean> {
  const { ApiVersion, Os, Components = [] } = await engine.version();
  const [major = 0, minor = 0] = ApiVersion.split('.').map(Number);
  const isDocker = Components.some(({ Name }: { Name: string }) => Name === 'Engine');
  return isDocker && Os === 'linux' && (major > 1 || minor >= 41);
}
