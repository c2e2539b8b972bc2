/** @needs git python3 uv temporal container-engine */
import { beforeAll, expect, test } from '@jest/globals';
import type Docker from 'dockerode';
import { type Deployed, type Refusal, runJson } from '../end-to-end/run-json.js';
import { runBin } from '../support/bin.js';
import { openTestEngine } from '../support/docker-engine.js';
import { temporarySolution } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';
import { perlServer } from './perl-server.js';

// A repository without Python, deployed with the command as a user types it.

const home = temporaryStack();
const berth = <Value = Deployed>(...words: string[]) => runJson<Value>(words, { home: home.root });

let engine: Docker;
beforeAll(async () => {
  engine = await openTestEngine();
}, 300_000);

const name = `upper-${process.pid}`;
const listContainers = () =>
  engine.listContainers({ all: true, filters: { label: [`berth.deployment=${name}`] } }).then(({ length }) => length);

const solution = temporarySolution({
  Dockerfile: 'FROM python:3.11.13-slim-bookworm\nCOPY serve.pl /\nEXPOSE 7000\nCMD ["perl", "/serve.pl"]\n',
  'serve.pl': perlServer,
  'examples.yaml': '- input: { text: quiet }\n  output: { TEXT: QUIET }\n',
});

test('a server in another language runs in a container, passes its contract, stops, starts and is cleaned up', async () => {
  const words = ['deploy', solution, '--name', name, '--entry', '/upper', '--agent', 'none', '--expose'];
  try {
    const deployed = await berth(...words, '--example', `${solution}/examples.yaml`, '--input', '{"text":"now"}');
    expect(deployed).toMatchObject({
      exitCode: 0,
      value: {
        state: 'running',
        strategy: 'docker',
        adaptedFiles: [],
        adaptation: { by: 'recipe:own-dockerfile' },
        runInterface: { port: 7000, predict_path: '/upper' },
        endpoint: expect.stringMatching(/^http:\/\/0\.0\.0\.0:\d+$/),
        contract: { source: 'user', passed: 1 },
        answer: { status: 'success', output: { TEXT: 'NOW' } },
      },
    });
    expect(deployed.value.selection?.reasoning).toMatch(
      /Not available: local \(-8\): other machines cannot call its software/,
    );
    expect(await berth('stop', name)).toMatchObject({ exitCode: 0, value: { state: 'stopped' } });
    expect(await listContainers()).toBe(0);
    expect(await berth('start', name)).toMatchObject({ exitCode: 0, value: { state: 'running' } });
    expect(await berth('run', name, '"again"')).toMatchObject({ value: { status: 'success', output: 'AGAIN' } });
    const { stdout } = await runBin(['logs', name], { home: home.root });
    expect(stdout).toContain('served POST /upper');
  } finally {
    await berth('cleanup', name);
  }
  expect(await listContainers()).toBe(0);
});

test('a strategy without a server cannot be exposed', async () => {
  const { exitCode, value } = await berth<Refusal>('deploy', solution, '--strategy', 'local', '--expose');
  expect({ exitCode, ...value.error }).toMatchObject({
    exitCode: 2,
    code: 'EXPOSE_UNSUPPORTED',
    message: expect.stringContaining('docker, langgraph can'),
  });
});

test('a strategy that calls Python refuses it, and the error lists what the repository has', async () => {
  const { exitCode, value } = await berth<Refusal>('deploy', solution, '--name', `${name}-l`, '--strategy', 'local');
  expect({ exitCode, ...value.error }).toMatchObject({
    exitCode: 2,
    code: 'SOURCE_UNSUPPORTED',
    message: expect.stringMatching(/contains no Python: 3 files \(1 perl\)/),
  });
});
