import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { deploymentDirectory } from '../../src/home/home.js';
import { runBin } from '../support/bin.js';
import { temporaryDirectory, temporaryHome, temporarySolution } from '../support/temporary-directories.js';

// The built command without a server: its exit code and both of its streams.

const home = () => temporaryHome().root;

test('--version prints the version of the package', async () => {
  const { exitCode, stdout } = await runBin(['--version']);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+$/);
  expect(JSON.parse((await runBin(['deploy', '--version', '--json'])).stdout)).toEqual({ version: stdout });
});

test('--help prints to stdout', async () => {
  expect(await runBin(['run', '--help'])).toMatchObject({
    exitCode: 0,
    stderr: '',
    stdout: expect.stringContaining('Usage: berth run'),
  });
});

test('berth without a command prints the help to stderr and returns 2', async () => {
  expect(await runBin([])).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('deploy PATH') });
});

test('a usage error prints one line with the code and one with the next step', async () => {
  expect(await runBin(['deploy', '.', '--gaol', 'x'])).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: "USAGE unknown option '--gaol' (Did you mean --goal?)\nSee `berth deploy --help`.",
  });
});

test('with --json a usage error is one object on stdout', async () => {
  const { exitCode, stdout, stderr } = await runBin(['lst', '--json']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({
    error: {
      code: 'COMMAND_UNKNOWN',
      message: "unknown command 'lst' (Did you mean list?)",
      next: 'List the commands: berth --help',
    },
  });
});

test('only --verbose prints a stack trace', async () => {
  expect((await runBin(['run', 'nobody'], { home: home() })).stderr).not.toContain('    at ');
  expect((await runBin(['run', 'nobody', '--verbose'], { home: home() })).stderr).toContain('    at ');
});

test('FORCE_COLOR makes a failure red, and NO_COLOR overrides it', async () => {
  expect((await runBin(['lst'], { env: { FORCE_COLOR: '1' } })).stderr).toContain('\u001B[31m');
  expect((await runBin(['lst'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stderr).not.toContain('\u001B');
});

test.each([
  ['a missing path', ['deploy', 'nowhere'], 2, 'SOURCE_NOT_FOUND'],
  ['an unknown strategy', ['deploy', '.', '--strategy', 'lcal'], 2, 'STRATEGY_UNKNOWN'],
  ['an invalid name', ['deploy', '.', '--name', 'A B'], 2, 'NAME_INVALID'],
  ['an input that is not JSON', ['deploy', '.', '--input', '{'], 2, 'INPUT_INVALID'],
  ['a missing file of variables', ['deploy', '.', '--env-file', 'nowhere.env'], 2, 'USAGE'],
  ['a call to an unknown name', ['run', 'nobody'], 2, 'NAME_UNKNOWN'],
  ['a call to a path', ['run', '../nobody'], 2, 'NAME_UNKNOWN'],
  ['a call with a broken input', ['run', 'nobody', '{"a"'], 2, 'INPUT_INVALID'],
  ['a batch for an unknown name', ['batch', 'nobody', '-'], 2, 'NAME_UNKNOWN'],
  ['logs of an unknown name', ['logs', 'nobody'], 2, 'NAME_UNKNOWN'],
  ['a diff of an unknown name', ['diff', 'nobody'], 2, 'NAME_UNKNOWN'],
  ['a cleanup without a name', ['cleanup'], 2, 'USAGE'],
  ['a cleanup of a name and --all', ['cleanup', 'x', '--all', '--yes'], 2, 'USAGE'],
  ['a cleanup of all without a terminal', ['cleanup', '--all'], 2, 'USAGE'],
  ['a missing strategy', ['strategies', 'show', 'lcal'], 2, 'STRATEGY_UNKNOWN'],
  ['an explanation of a missing path', ['explain', 'nowhere'], 2, 'SOURCE_NOT_FOUND'],
])('%s is refused without a server', async (_, words, exitCode, code) => {
  const cwd = temporarySolution({ 'app.py': 'def predict(text):\n    return text\n' });
  const result = await runBin([...words, '--json'], { home: home(), cwd });
  expect(result).toMatchObject({ exitCode, stderr: '' });
  expect(JSON.parse(result.stdout)).toEqual({
    error: { code, message: expect.any(String), next: expect.stringMatching(/\S/) },
  });
});

test('a home that is a file is unusable, also for a call', async () => {
  const file = join(temporarySolution({ file: '' }), 'file');
  const call = await runBin(['run', 'anyone'], { home: file });
  expect(call).toMatchObject({ exitCode: 3, stderr: expect.stringMatching(/^HOME_UNUSABLE .*file/) });
});

test('an empty directory is refused without a server', async () => {
  const result = await runBin(['deploy', temporaryDirectory()], { home: home() });
  expect(result).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringMatching(/^SOURCE_EMPTY /) });
});

test('a deployment that never ran cannot be called, but its logs can be read', async () => {
  const root = temporaryHome();
  const { logs } = deploymentDirectory(root, 'half');
  mkdirSync(logs, { recursive: true });
  writeFileSync(join(logs, 'r1.log'), 'old\n');
  writeFileSync(join(logs, 'r2.log'), 'one\ntwo\nthree\n');
  writeFileSync(join(logs, 'r2.trial.log'), 'tried\n');
  const call = await runBin(['run', 'half'], { home: root.root });
  expect(call).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^NOT_RUNNING /) });
  const log = await runBin(['logs', 'half', '--tail', '2'], { home: root.root });
  expect(log).toEqual({ exitCode: 0, stdout: 'two\nthree', stderr: '' });
  writeFileSync(join(logs, 'r10.trial.log'), 'failed its trial\n');
  expect((await runBin(['logs', 'half'], { home: root.root })).stdout).toBe('failed its trial');
});

test('--json lists strategies as an array', async () => {
  const { exitCode, stdout } = await runBin(['strategies', 'list', '--json'], { home: home() });
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toContainEqual(
    expect.objectContaining({ name: 'local', origin: 'built-in', state: 'ready' }),
  );
});

test('a closed pipe ends the command quietly', async () => {
  const root = temporaryHome();
  const { logs } = deploymentDirectory(root, 'long');
  mkdirSync(logs, { recursive: true });
  writeFileSync(join(logs, 'r1.log'), 'a line of the log\n'.repeat(200_000));
  const { execa } = await import('execa');
  const { packageRoot } = await import('../../src/home/package-root.js');
  const client = join(packageRoot, 'dist', 'client.js');
  const shell = await execa({
    shell: '/bin/bash',
    reject: false,
    env: { BERTH_HOME: root.root },
  })`${client} logs long | head -n 1`;
  expect(shell).toMatchObject({ exitCode: 0, stdout: 'a line of the log', stderr: '' });
});
