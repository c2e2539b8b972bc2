/** @needs temporal */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { clearLockedPorts } from 'get-port';
import type { BerthHome } from '../../src/home/home.js';
import { identifyProcess, isSameProcess } from '../../src/processes/process-identity.js';
import { findProcessesByArgument } from '../../src/stack/background-process.js';
import type { ServerRecord } from '../../src/stack/embedded-server.js';
import { ensureStack } from '../../src/stack/ensure-stack.js';
import { buildDatabaseArgument } from '../../src/stack/server-command.js';
import { stopStack } from '../../src/stack/stop-stack.js';
import { searchAttributes } from '../../src/workflows/status/search-attributes.js';
import { useOwnHomes } from './use-own-homes.js';

const enterNewHome = useOwnHomes();
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const recordFile = (home: BerthHome): string => join(home.stack, 'server.json');
const readServer = (home: BerthHome): ServerRecord => JSON.parse(readFileSync(recordFile(home), 'utf8'));
const startStack = (onProgress?: (line: string) => void) =>
  ensureStack({ needsWorker: false, ...(onProgress && { onProgress }) });

async function connect(address: string): Promise<Client> {
  const connection = await Connection.connect({ address });
  closing.push(() => connection.close());
  return new Client({ connection });
}

async function occupy(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(() => resolve())));
}

async function kill(home: BerthHome): Promise<void> {
  const { process: server } = readServer(home);
  if (server === null) throw new Error('no server runs');
  process.kill(server.pid, 'SIGKILL');
  while (isSameProcess(server)) await sleep(5);
}

test('the first start reports progress, and the server is ready for deployments', async () => {
  const home = enterNewHome();
  const lines: string[] = [];
  const target = await startStack((line) => lines.push(line));
  expect(lines).toEqual([`started the embedded Temporal server, Web UI at ${target.webUrl}`]);
  expect(target).toMatchObject({
    namespace: 'default',
    isEmbedded: true,
    connectionOptions: { address: target.address },
  });
  const client = await connect(target.address);
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace: 'default' });
  expect(Object.keys(customAttributes)).toEqual(
    expect.arrayContaining(['BerthName', 'BerthState', 'BerthStrategy', 'BerthRevision', 'BerthHost']),
  );
  const { config } = await client.workflowService.describeNamespace({ namespace: 'default' });
  expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 24 * 3600);
  expect((await fetch(`${target.webUrl}`)).ok).toBe(true);
  expect(readServer(home).state).toBe('ready');
});

test('a second start finds the running server and reports nothing', async () => {
  const home = enterNewHome();
  const first = await startStack();
  const { process: server } = readServer(home);
  expect(await startStack(() => expect(true).toBe(false))).toEqual(first);
  expect(readServer(home).process).toEqual(server);
});

test('concurrent starts start one server', async () => {
  const home = enterNewHome();
  const lines: string[] = [];
  const targets = await Promise.all([1, 2, 3].map(() => startStack((line) => lines.push(line))));
  expect(new Set(targets.map(({ address }) => address)).size).toBe(1);
  expect(lines.filter((line) => line.startsWith('started'))).toHaveLength(1);
  expect(findProcessesByArgument(buildDatabaseArgument(readServer(home)))).toHaveLength(1);
});

test('a killed server restarts on the same ports with its data', async () => {
  const home = enterNewHome();
  const first = await startStack();
  const typedSearchAttributes = [{ key: searchAttributes.name, value: 'greeter' }];
  const { workflow } = await connect(first.address);
  await workflow.start('deployment', { workflowId: 'deployment-greeter', taskQueue: 'none', typedSearchAttributes });
  await kill(home);
  clearLockedPorts();
  expect(await startStack()).toEqual(first);
  const restarted = await connect(first.address);
  const { status, typedSearchAttributes: attributes } = await restarted.workflow
    .getHandle('deployment-greeter')
    .describe();
  expect([status.name, attributes.get(searchAttributes.name)]).toEqual(['RUNNING', 'greeter']);
});

test('a taken port is replaced by a free one', async () => {
  const home = enterNewHome();
  await startStack();
  await stopStack();
  clearLockedPorts();
  const { port, uiPort } = readServer(home);
  await occupy(port);
  const target = await startStack();
  expect(target.address).not.toBe(`127.0.0.1:${port}`);
  expect(target.webUrl).toBe(`http://127.0.0.1:${uiPort}`);
});

test('a pid that another process has after a reboot is neither trusted nor killed', async () => {
  const home = enterNewHome();
  await startStack();
  await stopStack();
  const stale = { ...readServer(home), state: 'ready', process: { pid: process.pid, startedAt: 'another boot:1' } };
  writeFileSync(recordFile(home), JSON.stringify(stale));
  const target = await startStack();
  expect(readServer(home).process?.pid).not.toBe(process.pid);
  await connect(target.address);
});

test('a start that is killed before it records the server’s pid leaves no second server on the database', async () => {
  const home = enterNewHome();
  await startStack();
  const record = readServer(home);
  writeFileSync(recordFile(home), JSON.stringify({ ...record, state: 'starting', process: null }));
  await startStack();
  expect(findProcessesByArgument(buildDatabaseArgument(record))).toEqual([readServer(home).process]);
  expect(record.process && isSameProcess(record.process)).toBe(false);
});

test('two homes have two servers, and stopping one keeps the other', async () => {
  const first = enterNewHome();
  await startStack();
  const second = enterNewHome();
  await startStack();
  expect(readServer(first).port).not.toBe(readServer(second).port);
  expect(await stopStack()).toEqual({ worker: false, server: true });
  expect(readServer(second)).toMatchObject({ state: 'stopped', process: null });
  expect(identifyProcess(readServer(first).process?.pid ?? 0)).toEqual(readServer(first).process);
});

test('stopping a stopped server succeeds', async () => {
  enterNewHome();
  expect(await stopStack()).toEqual({ worker: false, server: false });
  await startStack();
  await stopStack();
  expect(await stopStack()).toEqual({ worker: false, server: false });
});

test('the error of a server that cannot start has its output, and no process is left', async () => {
  const home = enterNewHome();
  await startStack();
  await stopStack();
  const { database } = readServer(home);
  for (const name of readdirSync(home.root))
    if (name.includes('.db')) writeFileSync(join(home.root, name), 'no database');
  await expect(startStack()).rejects.toMatchObject({
    code: 'STACK_FAILED',
    message: 'the embedded Temporal server ended during its start',
    details: { evidence: expect.stringContaining('file is not a database') },
  });
  expect(findProcessesByArgument(buildDatabaseArgument({ database }))).toEqual([]);
});

test('a home that is not writable is refused with its path', async () => {
  const home = enterNewHome();
  writeFileSync(join(home.root, 'file'), '');
  process.env.BERTH_HOME = join(home.root, 'file', 'home');
  await expect(startStack()).rejects.toMatchObject({
    code: 'HOME_UNUSABLE',
    message: expect.stringContaining('file/home'),
  });
});
