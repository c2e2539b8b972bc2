/** @needs temporal */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { packageRoot } from '../../src/home/package-root.js';
import type { DiagnosticCheck } from '../../src/stack/index.js';
import { runBin } from '../support/bin.js';

let home = '';

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'berth-home-'));
});

afterEach(async () => {
  await berth('down');
  rmSync(home, { recursive: true, force: true });
});

const berth = (...words: string[]) => runBin(words, { home });

test('up starts the stack, a second up finds it, and down stops it', async () => {
  const first = await berth('up', '--json');
  expect(first.stderr).toContain('started the embedded Temporal server');
  const target = {
    isEmbedded: true,
    namespace: 'default',
    webUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
  };
  expect(JSON.parse(first.stdout)).toMatchObject(target);
  expect(await berth('up', '--json')).toEqual({ exitCode: 0, stdout: first.stdout, stderr: '' });
  const checks = JSON.parse((await berth('doctor', '--json')).stdout) as DiagnosticCheck[];
  expect(checks.filter(({ name, ok }) => ok && ['server', 'worker'].includes(name))).toHaveLength(2);
  expect(JSON.parse((await berth('down', '--json')).stdout)).toEqual({ worker: true, server: true });
  expect(await berth('down')).toMatchObject({ exitCode: 0, stdout: 'nothing was running' });
});

test('up --foreground stays and stops both on Ctrl-C', async () => {
  const env = { ...process.env, BERTH_HOME: home, TEMPORAL_ADDRESS: undefined };
  const command = [join(packageRoot, 'dist', 'client.js'), 'up', '--foreground'];
  const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  try {
    const [text] = await Promise.race([once(child.stdout, 'data'), ended]);
    expect(String(text)).toContain('Temporal is running at');
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
  expect(await berth('down')).toMatchObject({ stdout: 'nothing was running' });
});

test('doctor shows a missing program with its remedy and returns 3', async () => {
  symlinkSync(process.execPath, join(home, 'node'));
  const { exitCode, stdout } = await runBin(['doctor'], { home, env: { PATH: home } });
  expect(exitCode).toBe(3);
  expect(stdout).toMatch(/git\s+missing\s+not found → install git/);
});
