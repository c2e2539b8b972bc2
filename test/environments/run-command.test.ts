/** @needs ps */
import { execFileSync } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createChildEnvironment, redact } from '../../src/environments/child-environment.js';
import { runCommand } from '../../src/environments/index.js';
import { listGroupMembers } from '../../src/processes/process-group.js';

const command = (script: string) => ({
  argv: ['sh', '-c', script] as [string, ...string[]],
  cwd: '/',
  env: { PATH: process.env.PATH ?? '' },
});

/** Lists the process groups of the script that this process started. */
const listChildGroups = (): number[] =>
  execFileSync('ps', ['-axo', 'pid=,pgid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([pid, group, parent, ...args]) =>
        pid === group && parent === String(process.pid) && args.join(' ').includes('sleep 61'),
    )
    .map(([pid]) => Number(pid));

test('a canceled command ends with its process group', async () => {
  const controller = new AbortController();
  const running = runCommand({ ...command('sleep 61 & sleep 62'), signal: controller.signal });
  await sleep(200);
  const children = listChildGroups();
  controller.abort(new Error('enough'));
  await expect(running).rejects.toThrow('enough');
  await sleep(50);
  expect(children).toHaveLength(1);
  expect(children.flatMap(listGroupMembers)).toEqual([]);
});

test('a command that times out has no exit code', async () => {
  const result = await runCommand({ ...command('echo begun; sleep 61'), timeout: 0.3 });
  expect(result).toMatchObject({ exitCode: null, stdout: 'begun' });
});

test('a missing program is a result, not an exception', async () => {
  const result = await runCommand({ argv: ['/no/such/program'], cwd: '/', env: {} });
  expect(result.exitCode).toBeNull();
  expect(result.output).toContain('/no/such/program');
});

test('many concurrent commands add few listeners to their signal', async () => {
  const { signal } = new AbortController();
  const running = Array.from({ length: 12 }, () => runCommand({ ...command('sleep 0.2'), signal }));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(getEventListeners(signal, 'abort').length).toBeLessThan(2);
  expect((await Promise.all(running)).map(({ exitCode }) => exitCode)).toEqual(Array(12).fill(0));
});

test('children get settings for indexes, certificates and proxies, but no keys', () => {
  const environment = createChildEnvironment({
    PATH: '/bin',
    OPENAI_API_KEY: 'sk',
    HTTPS_PROXY: 'http://proxy',
    SSL_CERT_FILE: '/ca.pem',
    PIP_INDEX_URL: 'https://index',
    PIP_EXTRA_INDEX_URL: 'https://extra',
    UV_INDEX: 'https://own',
  });
  expect(environment).toMatchObject({
    PATH: '/bin',
    HTTPS_PROXY: 'http://proxy',
    SSL_CERT_FILE: '/ca.pem',
    UV_DEFAULT_INDEX: 'https://index',
    UV_INDEX: 'https://own',
  });
  expect(environment).not.toHaveProperty('OPENAI_API_KEY');
});

test('credentials in URLs are redacted', () => {
  expect(redact('see https://user:secret@index.example/simple and git+ssh://git@host/x')).toBe(
    'see https://***@index.example/simple and git+ssh://***@host/x',
  );
});
