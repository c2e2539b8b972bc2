import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BerthError, toDiskError } from '../errors.js';
import { type BerthHome, berthHome } from '../home/home.js';
import { withLock } from '../processes/lock.js';
import { loadConfiguredServer, prepareConfiguredServer } from '../temporal/configured-server.js';
import type { TemporalTarget } from '../temporal/temporal-target.js';
import { findRunningWorker, startWorker } from './background-worker.js';
import {
  findRunningServer,
  getServerAddress,
  getServerWebUrl,
  type ServerRecord,
  startServer,
} from './embedded-server.js';
import { findWebUi } from './web-ui.js';

export interface StackOptions {
  /** True to start a worker, too; only for the embedded server. */
  needsWorker: boolean;
  /** Receives one line for each started part. */
  onProgress?: (line: string) => void;
}

/**
 * Returns the configured server, else the embedded one; starts the embedded server and its worker unless they run.
 *
 * @throws SERVER_UNREACHABLE, TOOL_MISSING, STACK_FAILED, DISK_FULL, HOME_UNUSABLE when it cannot be used or started.
 */
export async function ensureStack(options: StackOptions): Promise<TemporalTarget> {
  const configured = await loadConfiguredServer();
  if (configured !== null) {
    const webUrl = findWebUi(configured.address);
    await prepareConfiguredServer(configured);
    return { ...configured, webUrl, isEmbedded: false };
  }
  const home = berthHome();
  const running = findRunningServer(home);
  if (running !== null && (!options.needsWorker || findRunningWorker(home, getServerAddress(running)) !== null))
    return toTarget(running);
  return toTarget(await startStack(home, options));
}

async function startStack(home: BerthHome, { needsWorker, onProgress }: StackOptions): Promise<ServerRecord> {
  createDirectories(home);
  return withStackLock(home, onProgress, async () => {
    const server = await startServer(home, onProgress);
    if (needsWorker) await startWorker(home, getServerAddress(server), onProgress);
    return server;
  });
}

/** Runs an action that starts or stops parts of the stack under the stack's lock. */
export const withStackLock = <T>(
  home: BerthHome,
  onProgress: ((line: string) => void) | undefined,
  action: () => Promise<T>,
): Promise<T> => {
  const onWait = ({ pid }: { pid: number }): void =>
    onProgress?.(`waiting for process ${pid} to start or stop the stack`);
  return withLock({ directory: join(home.locks, 'stack'), onWait }, action);
};

function toTarget(server: ServerRecord): TemporalTarget {
  const address = getServerAddress(server);
  return {
    address,
    namespace: 'default',
    connectionOptions: { address },
    webUrl: getServerWebUrl(server),
    isEmbedded: true,
  };
}

function createDirectories(home: BerthHome): void {
  try {
    for (const directory of [home.stack, home.logs, home.locks]) mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    const diskError = toDiskError(error, home.root) ?? toDiskError(findWriteError(home), home.root);
    if (diskError !== undefined) throw diskError;
    const { message } = BerthError.from(error);
    throw new BerthError('HOME_UNUSABLE', `cannot write to ${home.root}: ${message}`, {}, { cause: error });
  }
}

/** Finds the real error: on a read-only file system, Node's `mkdir` reports ENOENT. */
function findWriteError({ root }: BerthHome): unknown {
  try {
    accessSync(root, constants.W_OK);
    return undefined;
  } catch (error) {
    return error;
  }
}
