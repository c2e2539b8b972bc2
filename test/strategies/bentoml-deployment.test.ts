import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readExampleFile } from '../../src/adaptation/index.js';
import { DeployedSoftware } from '../../src/factory/deployed-software.js';
import { packageRoot } from '../../src/package-root.js';
import { connectOnce, deploy } from '../support/deploying.js';
import { processesOf, temporaryStack } from '../support/stack.js';
import { temporarySolution } from '../support/temporary.js';

const home = temporaryStack();

/** The servers' processes name the home: their interpreter lies in it. */
const serving = () => processesOf(home).filter((pid) => readCommand(pid).includes('bentoml'));

const readCommand = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // ended meanwhile
  }
};

test('the example spelling-service is chosen for bentoml, serves its contract, and is gone after cleanup', async () => {
  const solution = join(packageRoot, 'examples', 'spelling-service');
  const examples = await readExampleFile(join(solution, 'examples.yaml'));
  const info = await deploy({ name: 'spelling', solution, agent: 'none', examples });
  expect(info).toMatchObject({
    state: 'running',
    strategy: 'bentoml',
    adaptedFiles: [],
    contract: { source: 'user', passed: examples.length },
  });
  const software = await DeployedSoftware.open('spelling');
  expect(await software.run({ text: 'tommorow', most: 0 })).toMatchObject({ error: { code: 'CALL_INPUT' } });
  expect(await software.run({ text: 'tommorow' })).toMatchObject({ output: { text: 'tomorrow' } });
  await software.close();
  expect(serving()).not.toEqual([]);
  await (await connectOnce()).cleanup('spelling');
  expect(serving()).toEqual([]);
}, 180_000);

test('a plain function is served by a service that a recipe writes', async () => {
  const solution = temporarySolution({
    'app.py': 'def predict(text: str, times: int = 2):\n    return text * times\n',
  });
  const examples = [{ input: { text: 'ab' }, output: 'abab', match: 'exact' as const }];
  const info = await deploy({ name: 'plain', solution, strategy: 'bentoml', agent: 'none', examples });
  expect(info).toMatchObject({ state: 'running', adaptedFiles: ['service.py'], contract: { passed: 1 } });
  await (await connectOnce()).cleanup('plain');
  expect(serving()).toEqual([]);
}, 180_000);
