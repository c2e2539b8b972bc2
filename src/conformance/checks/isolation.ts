import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { BerthError } from '../../errors.js';
import { type Check, canary, type RunningRevision } from '../check.js';
import type { Conformance } from '../conformance.js';
import { expectNone, readLines, withRevision } from '../expectations.js';

/** What the software's start does to the machine around it. */
export const isolationChecks: Check<RunningRevision>[] = [
  {
    name: 'the variables of the software stand in no command line, and in no file of the revision',
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
      assert.ok(isLoopback(address.hostname), `it listens on ${address.hostname}, and was not exposed`);
      const reached = await isReachable(Number(address.port), getExternalAddress());
      assert.ok(!reached, `port ${address.port} is reached at ${getExternalAddress()}, and was not exposed`);
    },
  },
];

export const resourceChecks: Check<{ conformance: Conformance }>[] = [
  {
    name: 'each resource is applied, refused or said to be left out; and a stopped port is closed',
    run: async ({ conformance }) => {
      const resources = { cpu: 1, memory: '1Gi', concurrency: 16, replicas: 2 };
      await withRevision(conformance, { revision: 'r9', timeout: 20, resources }, async (runner, plan) => {
        const said: string[] = [];
        const starting = runner.start({ env: {}, onProgress: (line) => said.push(line) });
        const handle = await starting.catch((error: unknown) => requireResourceRefusal(error));
        if (handle === undefined) return;
        const words = [...said, ...(await readLines(runner.logs()))].join('\n');
        const { deviations } = conformance;
        const applied = deviations?.applies ?? [];
        const silent = Object.keys(resources).filter((name) => !applied.some((one) => one === name));
        expectNone(silent.filter((name) => !words.includes(name)).map((name) => `${name}, of which nothing is said`));
        const address = getLocalAddress(handle.endpoint, plan.provider, deviations);
        await runner.stop();
        if (address === undefined) return;
        const isOpen = await isReachable(Number(address.port), address.hostname);
        assert.ok(!isOpen, `port ${address.port} is still open after the stop`);
      });
    },
  },
];

/** A refusal says which resource it is that cannot be had. */
function requireResourceRefusal(error: unknown): undefined {
  if (error instanceof BerthError && error.code === 'RESOURCE_INVALID') return undefined;
  throw error;
}

/** Of software on this machine that is called over HTTP; a provider may have put it elsewhere. */
function getLocalAddress(
  endpoint: string | null,
  provider: string | null,
  manner: Conformance['deviations'],
): URL | undefined {
  if (manner?.servesRemotely || !endpoint?.startsWith('http:')) return undefined;
  const address = new URL(endpoint);
  return provider === null || isLoopback(address.hostname) ? address : undefined;
}

const isLoopback = (hostname: string): boolean => /^(127\.|localhost$|\[::1\]$)/.test(hostname);

/** As another machine would call this one; where it has no such address, one that only a listener on all of them answers at. */
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

/** None where the system has no such files. */
const listCommandLines = async (): Promise<string[]> =>
  (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map((pid) => `/proc/${pid}/cmdline`);

/** Those that hold the value; what ends or goes meanwhile holds nothing. */
async function findCanary(files: string[]): Promise<string[]> {
  const found = await Promise.all(
    files.map(async (file) => (await readFile(file, 'latin1').catch(() => '')).includes(canary)),
  );
  return files.filter((_, index) => found[index]);
}
