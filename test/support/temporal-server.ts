import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';

let server: ChildProcess | undefined;
let directory: string | undefined;

/** The `temporal` binary in `TEMPORAL_CLI` or on the PATH. */
export function findTemporal(): string | undefined {
  const candidates = [process.env.TEMPORAL_CLI, 'temporal'].filter((name) => name !== undefined && name !== '');
  return candidates.find((name) => spawnSync(name as string, ['--version'], { stdio: 'ignore' }).status === 0);
}

export async function startTemporal(): Promise<void> {
  const binary = findTemporal();
  if (binary === undefined) throw new Error('the tests need the temporal binary: on the PATH, or as TEMPORAL_CLI');
  const port = await getPort();
  directory = mkdtempSync(join(tmpdir(), 'berth-temporal-'));
  const settings = ['history.transferProcessorMaxPollRPS=2000', 'system.enableActivityEagerExecution=true'];
  const args = [
    'server',
    'start-dev',
    '--headless',
    '--ip',
    '127.0.0.1',
    '--port',
    String(port),
    '--log-level',
    'error',
  ];
  const database = ['--db-filename', join(directory, 'temporal.db'), '--sqlite-pragma', 'journal_mode=WAL'];
  server = spawn(
    binary,
    [...args, ...database, ...settings.flatMap((setting) => ['--dynamic-config-value', setting])],
    { stdio: 'ignore' },
  );
  await waitForPort(port);
  process.env.BERTH_TEST_TEMPORAL = `127.0.0.1:${port}`;
}

export async function stopTemporal(): Promise<void> {
  const child = server;
  if (child !== undefined && child.exitCode === null) {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
}

async function waitForPort(port: number): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isOpen(port))) {
    if (Date.now() > deadline) throw new Error(`the Temporal server did not open port ${port} within 60 s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.destroy());
  });
