import { spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import {
  findMarkedProcessesBelow,
  findUnprovenProcesses,
  killMarkedProcessesBelow,
} from '../../src/processes/marked-processes.js';
import { registerCleanup, temporaryDirectory } from '../support/temporary-directories.js';
import { isAlive } from './is-alive.js';

/** Starts a process of the user, like a shell without a terminal. */
function startOwn(cwd: string, argv: string[], env: NodeJS.ProcessEnv, stdout?: number): number {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', stdout ?? 'ignore', 'ignore'] });
  registerCleanup(() => void child.kill('SIGKILL'));
  return child.pid ?? 0;
}

test('without a control group, a process is found by its directory and open files', async () => {
  const deployment = temporaryDirectory();
  const revision = join(deployment, 'revisions', 'r1');
  for (const directory of [join(revision, 'code'), join(deployment, 'logs')]) mkdirSync(directory, { recursive: true });
  const log = openSync(join(deployment, 'logs', 'r1.log'), 'a');
  const cleared = startOwn(join(revision, 'code'), ['/bin/sleep', '300'], {});
  const writing = startOwn('/', ['/bin/sleep', '300'], { PATH: '/bin' }, log);
  await sleep(100);
  expect(findMarkedProcessesBelow(deployment).sort((one, other) => one.pid - other.pid)).toEqual([
    { pid: cleared, value: join(revision, 'state'), isProven: true },
    { pid: writing, value: join(deployment, 'logs'), isProven: true },
  ]);
  await killMarkedProcessesBelow(deployment);
  expect([cleared, writing].map(isAlive)).toEqual([false, false]);
});

test('a shell, an editor or a caller of the user is reported and left alone', async () => {
  const deployment = temporaryDirectory();
  const code = join(deployment, 'revisions', 'r1', 'code');
  const workspace = join(deployment, 'workspace');
  const logs = join(deployment, 'logs');
  for (const directory of [code, workspace, logs]) mkdirSync(directory, { recursive: true });
  const editor = startOwn('/', ['/bin/sleep', '300'], process.env, openSync(join(logs, '.r1.log.swp'), 'a'));
  const shell = startOwn(code, ['/bin/sleep', '300'], process.env);
  const adapting = startOwn(workspace, ['/bin/sleep', '300'], {});
  await sleep(100);
  expect(findMarkedProcessesBelow(deployment)).toEqual([]);
  await killMarkedProcessesBelow(deployment);
  expect([editor, shell, adapting].map(isAlive)).toEqual([true, true, true]);
  // Sorted by pid, which need not follow the order of the starts.
  expect(findUnprovenProcesses(deployment).toSorted((one, other) => one.value.localeCompare(other.value))).toEqual([
    { pid: editor, value: logs, isProven: false },
    { pid: shell, value: join(deployment, 'revisions', 'r1', 'state'), isProven: false },
  ]);
});
