/** @needs python3 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { RunPlan } from '../../../src/contract/handle.js';
import { BerthError } from '../../../src/errors.js';
import { findMarkedProcesses } from '../../../src/processes/marked-processes.js';
import { chooseFreePort } from '../../../src/processes/ports.js';
import { identifyProcess } from '../../../src/processes/process-identity.js';
import type { ServerOptions } from '../../../src/runners/server/server-options.js';
import { ServerProcess } from '../../../src/runners/server/server-process.js';
import { serverRecord } from '../../../src/runners/server/server-record.js';
import { createLocalPlan } from '../../strategies/local-plan.js';
import { registerCleanup, temporaryDirectory } from '../../support/temporary-directories.js';

// The conformance suite, which strategies with this engine pass, checks its other behavior.

const program = (listener: string) => `
require('node:http').createServer(${listener}).listen(process.env.PORT, '127.0.0.1');
`;
const answering = program('(_, response) => response.end("well")');

function makeServer(
  script: string,
  { plan: changes = {}, ...settings }: Partial<ServerOptions> & { plan?: Partial<RunPlan> } = {},
) {
  const plan = createLocalPlan(temporaryDirectory('berth-server-'), { 'server.cjs': script }, changes);
  const command = (port: number) => ({ argv: [process.execPath, 'server.cjs'], env: { PORT: String(port) } });
  const server = new ServerProcess(plan, { command, ...settings });
  registerCleanup(() => server.stop(0));
  return { plan, server };
}

const catchError = (work: Promise<unknown>): Promise<BerthError> =>
  work.then(
    () => Promise.reject(new Error('it succeeded')),
    (error) => (error instanceof BerthError ? error : Promise.reject(error)),
  );

test('a server that ends before it serves is reported with its last line, and nothing is left', async () => {
  const { plan, server } = makeServer('console.error("no weights found"); process.exit(4)');
  const error = await catchError(server.start({ env: {} }));
  expect(error).toMatchObject({ code: 'START_FAILED', details: { evidence: 'no weights found' } });
  expect(error.message).toMatch(/exited with code 4 .*: no weights found$/);
  expect(findMarkedProcesses(plan)).toEqual([]);
});

test('the output of an earlier server is not evidence for this one', async () => {
  const { server } = makeServer('console.error(process.env.WHY); process.exit(1)');
  await catchError(server.start({ env: { WHY: 'first reason' } }));
  const { message } = await catchError(server.start({ env: { WHY: 'second reason' } }));
  expect(message).toContain('second reason');
});

test('a missing program is TOOL_MISSING', async () => {
  const { server } = makeServer('', { command: () => ({ argv: ['no-such-program'] }) });
  expect(await catchError(server.start({ env: {} }))).toMatchObject({
    code: 'TOOL_MISSING',
    message: expect.stringContaining('no-such-program'),
  });
});

test('a server that listens and never answers is NOT_READY, and nothing is left', async () => {
  const { plan, server } = makeServer(program('() => {}'), { startTimeout: 1 });
  expect(await catchError(server.start({ env: {} }))).toMatchObject({ code: 'NOT_READY' });
  expect(findMarkedProcesses(plan)).toEqual([]);
});

test('an aborted start leaves nothing', async () => {
  const { plan, server } = makeServer('setInterval(() => {}, 1000)');
  const control = new AbortController();
  const start = server.start({ env: {}, signal: control.signal });
  while (findMarkedProcesses(plan).length === 0) await sleep(10);
  control.abort(new Error('enough'));
  await expect(start).rejects.toThrow('enough');
  expect(findMarkedProcesses(plan)).toEqual([]);
});

test('a server started by a shell is found, and stopped with it', async () => {
  const command = (port: number) => ({
    argv: ['sh', '-c', `'${process.execPath}' server.cjs & wait`],
    env: { PORT: String(port) },
  });
  const { plan, server } = makeServer(answering, { command });
  await server.start({ env: {} });
  expect(await server.isHealthy()).toMatchObject({ state: 'ready' });
  expect(findMarkedProcesses(plan).length).toBeGreaterThan(1);
  await server.stop(5);
  expect(findMarkedProcesses(plan)).toEqual([]);
});

test('a port that another server takes meanwhile is not used: the next port is tried', async () => {
  const { plan, server } = makeServer(answering, {
    command: (port) => ({
      // The first port is taken between the check and the start.
      argv: [
        process.execPath,
        '-e',
        `if (process.env.PORT === process.env.TAKEN) { console.error('EADDRINUSE'); setTimeout(() => process.exit(1), 300) } else require('./server.cjs')`,
      ],
      env: { PORT: String(port) },
    }),
  });
  const taken = await chooseFreePort(`${plan.stateDirectory}/1`);
  const stranger = createServer((_, response) => response.end('another'));
  registerCleanup(() => void stranger.close());
  const progress: string[] = [];
  const record = await server.start({
    env: { TAKEN: String(taken) },
    onProgress: (line) => {
      progress.push(line);
      if (line.endsWith(`port ${taken}`)) stranger.listen(taken, '127.0.0.1');
    },
  });
  expect(progress).toContain('another process took the port meanwhile: trying the next');
  expect(record.port).not.toBe(taken);
});

test('a live process that does not serve is replaced', async () => {
  const { plan, server } = makeServer(answering);
  const mute = spawn(process.execPath, ['-e', program('() => {}')], {
    env: { PORT: String(await chooseFreePort('mute')) },
    detached: true,
    stdio: 'ignore',
  });
  const identity = identifyProcess(mute.pid ?? 0);
  if (identity === null) throw new Error('it ended');
  mkdirSync(plan.stateDirectory, { recursive: true });
  const port = await chooseFreePort('mute');
  await serverRecord.write(plan, { ...identity, port, url: `http://127.0.0.1:${port}`, logStart: 0 });
  const record = await server.start({ env: {} });
  expect(record.pid).not.toBe(mute.pid);
  expect(identifyProcess(mute.pid ?? 0)).toBeNull();
});

test('the log names resources that have no bound', async () => {
  const { plan, server } = makeServer(answering, { plan: { strategy: 'mine', resources: { cpu: 2, memory: '1Gi' } } });
  await server.start({ env: {} });
  expect(readFileSync(plan.logFile, 'utf8')).toContain('berth: the mine strategy sets no bound for cpu, memory');
});

test('a server that was never started is gone', async () => {
  const { server } = makeServer(answering);
  expect(server.describeUnavailability()).toMatch(/neither started nor attached/);
  expect(await server.isHealthy()).toMatchObject({ isHealthy: false, state: 'gone' });
  await server.stop(0);
});
