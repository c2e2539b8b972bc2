/** @needs git python3 uv temporal */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { readExampleFile } from '../../src/adaptation/index.js';
import type { Answer } from '../../src/contract/answer.js';
import { deploymentDirectory } from '../../src/home/home.js';
import { packageRoot } from '../../src/home/package-root.js';
import { type Deployed, runJson } from '../end-to-end/run-json.js';
import { connectOnce, deploy } from '../support/deployments.js';
import { temporarySolution } from '../support/temporary-directories.js';
import { listProcesses, temporaryStack } from '../support/temporary-stack.js';

const home = temporaryStack();

/** Finds server processes: the path of their interpreter contains the home. */
const serving = () => listProcesses(home).filter((pid) => readCommand(pid).includes('bentoml'));

const readCommand = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it has ended
  }
};

test('the example spelling-service selects bentoml, answers the command, and is gone after cleanup', async () => {
  const solution = join(packageRoot, 'examples', 'spelling-service');
  const example = join(solution, 'examples.yaml');
  const berth = <Value>(...words: string[]) => runJson<Value>(words, { home: home.root });
  const { value } = await berth<Deployed>('deploy', solution, '--name', 'spelling', '--example', example);
  expect(value).toMatchObject({
    state: 'running',
    strategy: 'bentoml',
    adaptedFiles: [],
    contract: { source: 'user', passed: (await readExampleFile(example)).length },
  });
  const wrong = await berth<Answer>('run', 'spelling', '{"text": "tommorow", "most": 0}');
  expect(wrong).toMatchObject({ exitCode: 1, value: { error: { code: 'CALL_INPUT' } } });
  const right = await berth<Answer>('run', 'spelling', '{"text": "tommorow"}');
  expect(right).toMatchObject({ exitCode: 0, value: { output: { text: 'tomorrow' } } });
  expect(serving()).not.toEqual([]);
  expect((await berth('stop', 'spelling')).value).toMatchObject({ state: 'stopped' });
  expect(serving()).toEqual([]);
  expect((await berth('start', 'spelling')).value).toMatchObject({ state: 'running', revision: 'r1' });
  expect((await berth('cleanup', 'spelling')).value).toMatchObject({ state: 'cleaned' });
  expect(serving()).toEqual([]);
});

test('a plain function is served by a generated service', async () => {
  const solution = temporarySolution({
    'app.py': 'def predict(text: str, times: int = 2):\n    return text * times\n',
  });
  const examples = [{ input: { text: 'ab' }, output: 'abab', match: 'exact' as const }];
  const info = await deploy({ name: 'plain', solution, strategy: 'bentoml', agent: 'none', examples });
  expect(info).toMatchObject({ state: 'running', adaptedFiles: ['service.py'], contract: { passed: 1 } });
  const bentos = join(deploymentDirectory(home, 'plain').revisions, 'r1', 'state', 'bentoml', 'bentos');
  while (!existsSync(join(bentos, 'service', 'r1', 'bento.yaml'))) await sleep(100);
  await (await connectOnce()).cleanup('plain');
  expect(serving()).toEqual([]);
});
