import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { BerthError } from '../../errors.js';
import { type Check, canary, type RunningRevision } from '../check.js';
import type { Conformance } from '../conformance.js';
import { expectNone, readLines, withRevision } from '../expectations.js';

/** Checks that the software does not expose its variables or ports. */
export const isolationChecks: Check<RunningRevision>[] = [
  {
    name: 'the variables of the software are in no command line and in no file of the revision',
    run: async ({ plan }) => {
      const files = await listFiles(plan.stateDirectory);
      expectNone([...(await findCanary(files)), ...(await findCanary(await listCommandLines()))]);
    },
  },
  {
    name: 'nothing listens for other machines',
    run: async ({ handle, plan, conformance: { deviations } }) => {
      const address = getLocalAddress(handle.endpoint, plan.provider, deviations);
      if (address === undefined) return;
      assert.ok(isLoopback(address.hostname), `it listens on ${address.hostname} without being exposed`);
      const isOpen = await isReachable(Number(address.port), getExternalAddress());
      assert.ok(!isOpen, `port ${address.port} is reachable at ${getExternalAddress()} without being exposed`);
    },
  },
];

export const resourceChecks: Check<{ conformance: Conformance }>[] = [
  {
    name: 'each resource is applied, refused or reported as ignored, and a stopped port is closed',
    run: async ({ conformance }) => {
      const resources = { cpu: 1, memory: '1Gi', concurrency: 16, replicas: 2 };
      await withRevision(conformance, { revision: 'r9', timeout: 20, resources }, async (runner, plan) => {
        const progress: string[] = [];
        const starting = runner.start({ env: {}, onProgress: (line) => progress.push(line) });
        const handle = await starting.catch((error: unknown) => requireResourceRefusal(error));
        if (handle === undefined) return;
        const output = [...progress, ...(await readLines(runner.logs()))].join('\n');
        const { deviations } = conformance;
        const applied: string[] = deviations?.applies ?? [];
        const ignored = Object.keys(resources).filter((name) => !applied.includes(name));
        expectNone(ignored.filter((name) => !output.includes(name)).map((name) => `${name}, which is not reported`));
        const address = getLocalAddress(handle.endpoint, plan.provider, deviations);
        await runner.stop();
        if (address === undefined) return;
        const isOpen = await isReachable(Number(address.port), address.hostname);
        assert.ok(!isOpen, `port ${address.port} is still open after the stop`);
      });
    },
  },
];

/** Accepts the error of a refused resource. */
function requireResourceRefusal(error: unknown): undefined {
  if (error instanceof BerthError && error.code === 'RESOURCE_INVALID') return undefined;
  throw error;
}

/** Returns the HTTP address of software on this machine; undefined if a provider serves it from another machine. */
function getLocalAddress(
  endpoint: string | null,
  provider: string | null,
  deviations: Conformance['deviations'],
): URL | undefined {
  if (deviations?.servesRemotely || !endpoint?.startsWith('http:')) return undefined;
  const address = new URL(endpoint);
  return provider === null || isLoopback(address.hostname) ? address : undefined;
}

const isLoopback = (hostname: string): boolean => /^(127\.|localhost$|\[::1\]$)/.test(hostname);

/** Returns this machine's address in the network. Without one, an address that only a listener on all addresses has. */
const getExternalAddress = (): string =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.2';

const isReachable = (port: number, address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, address);
    const end = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });

async function listFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Lists the files with command lines. Empty on systems without /proc. */
const listCommandLines = async (): Promise<string[]> =>
  (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map((pid) => `/proc/${pid}/cmdline`);

/** Returns the files that contain the value. Ignores files that no longer exist. */
async function findCanary(files: string[]): Promise<string[]> {
  const hasCanary = await Promise.all(
    files.map(async (file) => (await readFile(file, 'latin1').catch(() => '')).includes(canary)),
  );
  return files.filter((_, index) => hasCanary[index]);
}
