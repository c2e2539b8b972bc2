import type { ModalClient } from 'modal';
import { BerthError } from '../../../src/errors.js';
import { pickAccountVariables, tokenRemedy } from './account.js';

/** Milliseconds that Modal may take to answer a query. */
const queryTimeout = 30_000;

/** One client for each account and environment: the SDK never closes a client's connection. */
const clients = new Map<string, ModalClient>();

/**
 * Opens a client for the account of the environment or of Modal's own configuration, in one of Modal's environments:
 * this one, or the configured one for null. Sends nothing yet.
 */
export async function openClient(environment: string | null): Promise<ModalClient> {
  const key = JSON.stringify([environment, pickAccountVariables()]);
  const found = clients.get(key);
  if (found !== undefined) return found;
  const { ModalClient: Client } = await import('modal');
  const client = new Client(environment === null ? {} : { environment });
  clients.set(key, client);
  return client;
}

/** Returns the name of the client's environment, also for the account's default: the configuration may change. */
export async function findEnvironmentName(client: ModalClient): Promise<string | null> {
  const configured = client.environmentName();
  if (configured !== '') return configured;
  const { metadata } = await queryModal(() => client.cpClient.environmentGetOrCreate({ deploymentName: '' }));
  return metadata?.name || null;
}

/**
 * Runs a query with a deadline.
 *
 * @throws CLOUD_REFUSED, CLOUD_UNREACHABLE, or the query's own error.
 */
export async function queryModal<Answer>(query: () => Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `Modal did not answer within ${queryTimeout / 1000} s`;
    timer = setTimeout(() => reject(new BerthError('CLOUD_UNREACHABLE', message)), queryTimeout);
  });
  try {
    return await Promise.race([query(), late]);
  } catch (error) {
    throw explainModalError(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Does the same for results that arrive one at a time, each with its own deadline. */
export async function* queryModalForEach<Item>(items: AsyncIterable<Item>): AsyncIterable<Item> {
  const iterator = items[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await queryModal(() => iterator.next());
    if (done) return;
    yield value;
  }
}

/** Codes of gRPC for a refused account, and those for an unreachable service. */
const refusalCodes: readonly unknown[] = [7, 16];
const outageCodes: readonly unknown[] = [4, 8, 13, 14];

/** Converts an SDK error about the account or the network to one of Berth's. Returns any other error unchanged. */
export function explainModalError(error: unknown): unknown {
  const { code, details, message } = error as { code?: unknown; details?: string; message?: string };
  const words = details || message;
  if (refusalCodes.includes(code))
    return new BerthError(
      'CLOUD_REFUSED',
      `Modal refuses the credentials: ${words}; ${tokenRemedy}`,
      {},
      { cause: error },
    );
  if (/missing credentials/.test(message ?? ''))
    return new BerthError('CLOUD_REFUSED', `there are no credentials for Modal; ${tokenRemedy}`, {}, { cause: error });
  if (!outageCodes.includes(code)) return error;
  const server = process.env.MODAL_SERVER_URL || 'its usual address';
  return new BerthError('CLOUD_UNREACHABLE', `Modal cannot be reached at ${server}: ${words}`, {}, { cause: error });
}

export const isNotFound = (error: unknown): boolean => (error as Error | null)?.name === 'NotFoundError';

export type FoundApp = { id: string; version: number } | undefined;

export const isSameVersion = (now: FoundApp, deployed: { id: string; version: number }): boolean =>
  now?.id === deployed.id && now.version === deployed.version;

/** Finds the app that is deployed under this name; undefined when there is none. */
export async function findDeployedApp(client: ModalClient, name: string): Promise<FoundApp> {
  return await queryModal(async () => {
    try {
      const app = await client.apps.fromName(name);
      const { lifecycle } = await app.info();
      return lifecycle.state === 'deployed' ? { id: app.appId, version: lifecycle.version ?? 0 } : undefined;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  });
}
