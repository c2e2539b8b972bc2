import type { Connection } from '@temporalio/client';
import { BerthError } from '../errors.js';
import type { BerthHome } from '../home/home.js';
import { getHostId } from '../home/host-id.js';
import { type ConfiguredServer, loadConfiguredServer } from '../temporal/configured-server.js';
import type { DiagnosticCheck } from './diagnostic-check.js';
import { findRunningServer, getServerAddress } from './embedded-server.js';

/** Milliseconds; a poll lasts at most a minute, but the server lists an ended poller for five. */
const maxPollerAge = 70_000;

/** Checks whether the server answers and whether a worker polls it for activities of this host. */
export async function diagnoseServer(home: BerthHome): Promise<DiagnosticCheck[]> {
  try {
    const configured = await loadConfiguredServer();
    const server = configured ?? findEmbedded(home);
    return server === null ? [createIdleStackCheck()] : await diagnoseConnection(server, configured !== null);
  } catch (error) {
    const { message, next } = BerthError.from(error);
    return [{ name: 'server', ok: false, detail: message, remedy: next, isRequired: true }];
  }
}

function findEmbedded(home: BerthHome): ConfiguredServer | null {
  const record = findRunningServer(home);
  if (record === null) return null;
  const address = getServerAddress(record);
  return { address, namespace: 'default', connectionOptions: { address } };
}

const createIdleStackCheck = (): DiagnosticCheck => ({
  name: 'server',
  ok: false,
  detail: 'embedded server is not running; it starts on first use',
  remedy: null,
  isRequired: false,
});

async function diagnoseConnection(server: ConfiguredServer, isConfigured: boolean): Promise<DiagnosticCheck[]> {
  const { openConnection } = await import('../temporal/open-connection.js');
  const remedy = isConfigured ? 'check TEMPORAL_ADDRESS and the profile' : 'berth down && berth up';
  try {
    const connection = await openConnection({ ...server.connectionOptions, connectTimeout: 3000 });
    try {
      const detail = `${isConfigured ? 'configured' : 'embedded'}, at ${server.address}, namespace ${server.namespace}`;
      const worker = await checkWorker(connection, server.namespace, isConfigured);
      return [{ name: 'server', ok: true, detail, remedy: null, isRequired: true }, worker];
    } finally {
      await connection.close();
    }
  } catch (error) {
    const detail = `${server.address} does not answer: ${BerthError.from(error).message}`;
    return [{ name: 'server', ok: false, detail, remedy, isRequired: true }];
  }
}

async function checkWorker(connection: Connection, namespace: string, isConfigured: boolean): Promise<DiagnosticCheck> {
  const { hostQueue, sharedQueue } = await import('../workflows/messages.js');
  const queues = [sharedQueue, hostQueue(getHostId())];
  const polled = await Promise.all(queues.map((queue) => isPolled(connection, namespace, queue)));
  const idle = queues.filter((_, index) => !polled[index]);
  const ok = idle.length === 0;
  const detail = ok ? `polls ${queues.join(' and ')}` : `no worker polls ${idle.join(' and ')}`;
  const remedy = isConfigured ? 'berth worker' : 'berth up';
  return { name: 'worker', ok, detail, remedy: ok ? null : remedy, isRequired: isConfigured };
}

async function isPolled(connection: Connection, namespace: string, queue: string): Promise<boolean> {
  const request = { namespace, taskQueue: { name: queue }, taskQueueType: activityQueueType };
  const { pollers } = await connection.workflowService.describeTaskQueue(request);
  const seen = pollers.map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000);
  return seen.some((time) => Date.now() - time < maxPollerAge);
}

/** `TASK_QUEUE_TYPE_ACTIVITY` in Temporal's API. */
const activityQueueType = 2;
