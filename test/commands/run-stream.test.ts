/** @needs python3 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { packageRoot } from '../../src/home/package-root.js';
import { runBin } from '../support/bin.js';
import { publishRevision, runnerModules } from '../support/publish-revision.js';
import { temporaryDirectory, temporaryHome } from '../support/temporary-directories.js';

const app = `
import os, time
def predict(words=None, go_on=None, ended=None, fails=False):
    return plain() if words is None else steps(words, go_on, ended, fails)

def plain(): return "whole"

def steps(words, go_on, ended, fails):
    try:
        for word in words:
            yield word
            while go_on and not os.path.exists(go_on): time.sleep(0.01)
        if fails: raise ValueError("enough")
    finally:
        if ended: open(ended, "w").close()
`;

const home = temporaryHome();
beforeAll(async () => {
  await publishRevision(home, { module: runnerModules.built, app });
});

const run = (inputs: unknown, ...words: string[]) =>
  runBin(['run', 'demo', JSON.stringify(inputs), '--stream', ...words], { home: home.root });

const begin = (inputs: unknown) => {
  const words = ['run', 'demo', JSON.stringify(inputs), '--stream'];
  const child = execa(join(packageRoot, 'dist', 'client.js'), words, {
    env: { BERTH_HOME: home.root },
    reject: false,
  });
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
};

test('each chunk is a line, the answer is the last one, and the exit code is that of run', async () => {
  expect(await run({ words: ['a', 'b'] })).toEqual({
    exitCode: 0,
    stdout: '{"status":"chunk","output":"a"}\n{"status":"chunk","output":"b"}\n{"status":"success","output":"ab"}',
    stderr: '',
  });
  expect(await run({}, '--json')).toEqual({ exitCode: 0, stdout: '{"status":"success","output":"whole"}', stderr: '' });
  const failed = await run({ words: [1], fails: true });
  expect(failed).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('ValueError: enough') });
  expect(failed.stdout.split('\n').map((line) => JSON.parse(line).status)).toEqual(['chunk', 'error']);
});

test('a line is printed before the next chunk exists', async () => {
  const file = join(temporaryDirectory(), 'go-on');
  const { child, lines } = begin({ words: ['a', 'b'], go_on: file });
  expect((await lines.next()).value).toBe('{"status":"chunk","output":"a"}');
  writeFileSync(file, '');
  expect((await lines.next()).value).toBe('{"status":"chunk","output":"b"}');
  expect((await lines.next()).value).toBe('{"status":"success","output":"ab"}');
  expect((await child).exitCode).toBe(0);
});

test('Ctrl-C cancels the call in the software and ends with 130', async () => {
  const ended = join(temporaryDirectory(), 'ended');
  const { child, lines } = begin({ words: ['a'], go_on: '/nowhere/ever', ended });
  await lines.next();
  child.kill('SIGINT');
  expect(JSON.parse((await lines.next()).value)).toMatchObject({ error: { code: 'CALL_CANCELLED' } });
  expect((await child).exitCode).toBe(130);
  while (!existsSync(ended)) await sleep(20);
});

test('a closed pipe ends the command and the call', async () => {
  const ended = join(temporaryDirectory(), 'ended');
  const inputs = JSON.stringify({ words: Array.from({ length: 100_000 }, () => 'a'), ended });
  const file = join(temporaryDirectory(), 'inputs.json');
  writeFileSync(file, inputs);
  const client = join(packageRoot, 'dist', 'client.js');
  const env = { BERTH_HOME: home.root };
  const shell = await execa({
    shell: '/bin/bash',
    reject: false,
    env,
  })`${client} run demo @${file} --stream | head -n 1`;
  expect(shell).toMatchObject({ exitCode: 0, stdout: '{"status":"chunk","output":"a"}', stderr: '' });
  while (!existsSync(ended)) await sleep(20);
});
