/** @needs ps setsid */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { buildAgentEnvironment, markVariable } from '../../src/agents/agent-environment.js';
import { type ContainedCommand, startContainedProcess } from '../../src/agents/contained-process.js';
import { findMarked } from '../../src/agents/marked-processes.js';
import { claimMark, releaseMark } from '../../src/agents/run-mark.js';
import { temporaryDirectory } from '../support/temporary-directories.js';
import { findByCommandLine } from './find-by-command-line.js';

const directory = temporaryDirectory('berth-contained-');

const start = (script: string, changes: Partial<ContainedCommand> = {}) => {
  const mark = `test-${Math.random()}`;
  const lines: string[] = [];
  const command: ContainedCommand = {
    argv: ['/bin/sh', '-c', script],
    cwd: directory,
    env: { PATH: process.env.PATH ?? '', [markVariable]: mark },
    mark,
    input: '',
    wallSeconds: 30,
    idleSeconds: 30,
    onLine: (line) => lines.push(line) > 0,
    ...changes,
  };
  return { ...startContainedProcess(command), mark, lines };
};

test('a process gets its input, and its output and exit code are reported', async () => {
  const { ended, lines } = start('read -r line; echo "got $line"; echo wrong >&2; exit 3', { input: 'this\n' });
  expect(await ended).toEqual({ exitCode: 3, stoppedBy: null, problem: null });
  expect(lines.sort()).toEqual(['got this', 'wrong']);
});

test('a command that cannot be started is a result', async () => {
  const { ended } = start('', { argv: [join(directory, 'nothing-here')] });
  expect(await ended).toMatchObject({ exitCode: null, problem: expect.stringContaining('ENOENT') });
});

test('processes that ignore signals are killed, in other sessions too', async () => {
  const duration = `8${Math.floor(Math.random() * 1e6)}.5`;
  const deaf = `trap '' INT TERM HUP; sleep ${duration} & while :; do wait; done`;
  const script = `setsid sh -c "${deaf}" & trap '' INT TERM; echo ready; while :; do sleep 0.1; done`;
  const abort = new AbortController();
  const { ended, mark } = start(script, {
    signal: abort.signal,
    onLine: () => {
      setTimeout(() => abort.abort(), 300);
      return true;
    },
  });
  const started = Date.now();
  expect(await ended).toEqual({ exitCode: null, stoppedBy: 'aborted', problem: null });
  expect(findMarked(mark)).toEqual([]);
  expect(findByCommandLine(duration)).toEqual([]);
  // Two gentle signals, two seconds each.
  expect(Date.now() - started).toBeLessThan(9000);
});

test('background processes end with a process that ends by itself', async () => {
  const { ended, mark } = start('setsid sleep 7777.5 & echo done');
  expect(await ended).toMatchObject({ exitCode: 0 });
  expect(findMarked(mark)).toEqual([]);
});

test('the idle limit needs activity, and the time limit ends an active process', async () => {
  const still = start('echo one; sleep 20', { idleSeconds: 0.5 });
  const noisy = start('while :; do echo again; sleep 0.1; done', { idleSeconds: 0.5, wallSeconds: 1.5 });
  const retrying = start('while :; do echo retry; sleep 0.1; done', { idleSeconds: 0.5, onLine: () => false });
  const ends = await Promise.all([still.ended, noisy.ended, retrying.ended]);
  expect(ends.map(({ stoppedBy }) => stoppedBy)).toEqual(['idle', 'time', 'idle']);
});

test('the environment holds only allowed variables', () => {
  const source = {
    PATH: '/bin',
    LC_ALL: 'C',
    https_proxy: 'http://p',
    AWS_SECRET_ACCESS_KEY: 'x',
    OPENAI_API_KEY: 'y',
    HOME: '/h',
  };
  expect(buildAgentEnvironment({ home: '/s/home', temporary: '/s/tmp' }, 'm', source)).toEqual({
    PATH: '/bin',
    LANG: 'C.UTF-8',
    LC_ALL: 'C',
    https_proxy: 'http://p',
    HOME: '/s/home',
    TMPDIR: '/s/tmp',
    TERM: 'dumb',
    NO_COLOR: '1',
    BERTH_AGENT_RUN: 'm',
  });
});

test('a run ends the processes of a killed worker’s run', async () => {
  const state = temporaryDirectory('berth-mark-');
  const left = spawn('sleep', ['6666.5'], { detached: true, stdio: 'ignore', env: { [markVariable]: 'left' } });
  const gone = new Promise((resolve) => left.once('exit', resolve));
  writeFileSync(join(state, 'run'), 'left');
  const mark = await claimMark(state);
  await gone;
  expect(findMarked('left')).toEqual([]);
  expect(readFileSync(join(state, 'run'), 'utf8')).toBe(mark);
  await releaseMark(state, mark);
  expect(existsSync(join(state, 'run'))).toBe(false);
});
