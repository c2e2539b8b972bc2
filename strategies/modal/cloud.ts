import type { ModalClient } from 'modal';
import { BerthError } from '../../src/errors.js';
import { accountVariables, tokenRemedy } from './account.js';

/** Milliseconds that Modal has to answer a question about what exists. */
const patience = 30_000;

/** One per account and environment: a client's connection is never closed by the SDK. */
const clients = new Map<string, ModalClient>();

/**
 * A client of the account that the environment or Modal's own configuration names, all of whose questions are about one of
 * Modal's environments: this one, or for null the configured one. Asks nothing yet.
 */
export async function openCloud(environment: string | null): Promise<ModalClient> {
  const key = JSON.stringify([environment, accountVariables()]);
  const found = clients.get(key);
  if (found !== undefined) return found;
  const { ModalClient: Client } = await import('modal');
  const client = new Client(environment === null ? {} : { environment });
  clients.set(key, client);
  return client;
}

/** The environment that a client asks about. The account's default is named too: the configuration may change. */
export async function nameEnvironment(client: ModalClient): Promise<string | null> {
  const configured = client.environmentName();
  if (configured !== '') return configured;
  const { metadata } = await askCloud(() => client.cpClient.environmentGetOrCreate({ deploymentName: '' }));
  return metadata?.name || null;
}

/** What was asked, with a deadline. Throws CLOUD_REFUSED, CLOUD_UNREACHABLE, or what the question itself threw. */
export async function askCloud<Answer>(question: () => Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `Modal did not answer within ${patience / 1000} s`;
    timer = setTimeout(() => reject(new BerthError('CLOUD_UNREACHABLE', message)), patience);
  });
  try {
    return await Promise.race([question(), late]);
  } catch (error) {
    throw explainCloud(error);
  } finally {
    clearTimeout(timer);
  }
}

/** The same for what comes one by one, each with a deadline of its own. */
export async function* askCloudForEach<Item>(items: AsyncIterable<Item>): AsyncIterable<Item> {
  const iterator = items[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await askCloud(() => iterator.next());
    if (done) return;
    yield value;
  }
}

/** Codes of gRPC that say who may not, and those that say not now. */
const refusals: readonly unknown[] = [7, 16];
const outages: readonly unknown[] = [4, 8, 13, 14];

/** An error of the SDK as one of Berth's where it is the account's or the network's; any other as it is. */
export function explainCloud(error: unknown): unknown {
  const { code, details, message } = error as { code?: unknown; details?: string; message?: string };
  const words = details || message;
  if (refusals.includes(code))
    return new BerthError(
      'CLOUD_REFUSED',
      `Modal refuses the credentials: ${words}; ${tokenRemedy}`,
      {},
      { cause: error },
    );
  if (/missing credentials/.test(message ?? ''))
    return new BerthError('CLOUD_REFUSED', `there are no credentials for Modal; ${tokenRemedy}`, {}, { cause: error });
  if (!outages.includes(code)) return error;
  const server = process.env.MODAL_SERVER_URL || 'its usual address';
  return new BerthError('CLOUD_UNREACHABLE', `Modal cannot be reached at ${server}: ${words}`, {}, { cause: error });
}

export const isMissing = (error: unknown): boolean => (error as Error | null)?.name === 'NotFoundError';

export type DeployedNow = { id: string; version: number } | undefined;

export const isSame = (now: DeployedNow, deployed: { id: string; version: number }): boolean =>
  now?.id === deployed.id && now.version === deployed.version;

/** The app that is deployed under this name; undefined when none is. */
export async function findDeployed(client: ModalClient, name: string): Promise<DeployedNow> {
  return await askCloud(async () => {
    try {
      const app = await client.apps.fromName(name);
      const { lifecycle } = await app.info();
      return lifecycle.state === 'deployed' ? { id: app.appId, version: lifecycle.version ?? 0 } : undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  });
}
