import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { expect, test } from '@jest/globals';
import { chooseFreePort, isListening } from '../../src/processes/ports.js';

const listen = async (port: number): Promise<Server> => {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
};
const close = (server: Server) => new Promise((resolve) => server.close(resolve));

test('a process listens while it has the port, and not when another has it', async () => {
  const port = await chooseFreePort(import.meta.url);
  const look = (pid: number | undefined) => isListening(pid ?? 0, port);
  expect(look(process.pid)).toBe(false);
  for (let round = 0; round < 2; round += 1) {
    const server = await listen(port);
    expect([look(process.pid), look(process.pid)]).toEqual([true, true]);
    await close(server);
    expect(look(process.pid)).toBe(false);
  }
  const program = `require('node:net').createServer().listen(${port}, '127.0.0.1', () => console.log('listening'))`;
  const other = spawn(process.execPath, ['--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(other.stdout, 'data');
  expect([look(process.pid), look(other.pid), look(other.pid)]).toEqual([false, true, true]);
  other.kill('SIGKILL');
  await once(other, 'exit');
  expect([look(other.pid), look(0)]).toEqual([false, false]);
});
