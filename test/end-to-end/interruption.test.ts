/** @needs git python3 uv temporal */
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';
import { packageRoot } from '../../src/home/package-root.js';
import { temporarySolution } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';
import { type Deployed, eventually, type Refusal, runJson } from './run-json.js';

const home = temporaryStack();

/** Solution with a slow import that can be interrupted. */
const slow = temporarySolution({
  'app.py': 'import time\n\ntime.sleep(3)\n\n\ndef predict(inputs):\n    return "at last"\n',
});

/** Sends Ctrl-C like a terminal, to the foreground process group, once the progress matches. */
async function deployAndInterrupt(name: string, progress: string, ...words: string[]) {
  const client = join(packageRoot, 'dist', 'client.js');
  const child = execa(client, ['deploy', slow, '--name', name, ...words], {
    detached: true,
    reject: false,
    stdin: 'ignore',
    env: { BERTH_HOME: home.root, NO_COLOR: '1' },
  });
  let printed = '';
  child.stderr.on('data', (chunk) => {
    printed += chunk;
  });
  await eventually(`${name} says ${progress}`, () => printed.includes(progress));
  process.kill(-(child.pid as number), 'SIGINT'); // it has a pid because it has printed something
  const { exitCode, stdout, stderr } = await child;
  return { exitCode, stdout, lines: stderr.split('\n') };
}

const state = async (name: string) => (await runJson(['status', name], { home: home.root })).value.state;

test('Ctrl-C ends only the wait: the deployment that started the stack reaches running by itself', async () => {
  const { exitCode, stdout, lines } = await deployAndInterrupt('patient', 'adaptWorkspace');
  expect({ exitCode, stdout, last: lines.slice(-2) }).toEqual({
    exitCode: 130,
    stdout: '',
    last: [
      'INTERRUPTED stopped waiting for patient',
      'The operation continues in the background: berth status patient --watch',
    ],
  });
  expect(await state('patient')).not.toBe('running');
  await eventually('it runs', async () => (await state('patient')) === 'running');
  const call = await runJson(['run', 'patient', '1'], { home: home.root });
  expect(call).toMatchObject({ exitCode: 0, value: { output: 'at last' } });
});

test('with --json, Ctrl-C is an error on stdout', async () => {
  const { exitCode, stdout } = await deployAndInterrupt('parsed', 'adaptWorkspace', '--json');
  const { error } = JSON.parse(stdout) as Refusal;
  expect({ exitCode, code: error.code, next: error.next }).toEqual({
    exitCode: 130,
    code: 'INTERRUPTED',
    next: 'The operation continues in the background: berth status parsed --watch',
  });
  const gone = await runJson<Deployed>(['cleanup', 'parsed'], { home: home.root });
  expect(gone).toMatchObject({ exitCode: 0, value: { state: 'cleaned' } });
});
