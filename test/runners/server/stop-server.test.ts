import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createProcessMark, findMarkedProcesses } from '../../../src/processes/marked-processes.js';
import { isListening, isPortFree } from '../../../src/processes/ports.js';
import { identifyProcess, isSameProcess, type ProcessIdentity } from '../../../src/processes/process-identity.js';
import { stopServer } from '../../../src/runners/server/stop-server.js';
import { temporaryDirectory } from '../../support/temporary-directories.js';

/** Server with a worker in another session and environment that shares its port. */
const source = `
const { spawn } = require('node:child_process');
const { createServer } = require('node:net');
const server = createServer().listen(0, '127.0.0.1', () => {
  const options = { detached: true, env: process.argv[1] === 'clean' ? {} : process.env, stdio: ['ignore', server._handle, 'ignore'] };
  const worker = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], options);
  console.log(server.address().port + ' ' + worker.pid);
});
`;

async function startServer(plan: { stateDirectory: string }, environmentKind: string) {
  const env = { ...process.env, ...createProcessMark(plan) };
  const child = spawn(process.execPath, ['-e', source, environmentKind], {
    detached: true,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  const [port = 0, worker = 0] = String(line).split(' ').map(Number);
  const leader = identifyProcess(child.pid ?? 0) as ProcessIdentity; // it is alive: it has just printed
  return { port, leader, worker: identifyProcess(worker) as ProcessIdentity };
}

const somePlan = () => ({ stateDirectory: join(temporaryDirectory(), 'state') });

test('stopping a server kills workers that have left its session and its mark', async () => {
  const plan = somePlan();
  const { leader, worker, port } = await startServer(plan, 'clean');
  expect(findMarkedProcesses(plan)).toEqual([leader.pid]);
  expect(isListening(leader.pid, port)).toBe(true);
  expect(isListening(process.pid, port)).toBe(false);
  await stopServer(plan, leader, 5);
  expect([isSameProcess(leader), isSameProcess(worker), await isPortFree(port)]).toEqual([false, false, true]);
});

test('workers of a server that was killed are found by their mark, and the port is free', async () => {
  const plan = somePlan();
  const { leader, worker, port } = await startServer(plan, 'marked');
  process.kill(leader.pid, 'SIGKILL');
  while (isSameProcess(leader)) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(findMarkedProcesses(plan)).toEqual([worker.pid]);
  expect(await isPortFree(port)).toBe(false);
  await stopServer(plan, leader, 5);
  await stopServer(plan, leader, 5);
  expect([findMarkedProcesses(plan), await isPortFree(port)]).toEqual([[], true]);
});
