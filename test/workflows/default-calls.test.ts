/** @needs git python3 uv temporal */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { selectColors } from '../../src/commands/colors.js';
import { buildHistory } from '../../src/commands/history.js';
import { renderDeployment } from '../../src/commands/render-deployment.js';
import { renderHistory } from '../../src/commands/render-history.js';
import {
  callDeployment,
  connectOnce,
  deploy,
  redeploy,
  rollBack,
  startDeployment,
  waitForState,
} from '../support/deployments.js';
import { temporaryDirectory, temporarySolution, writeTree } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';

temporaryStack();

const refusing = 'def predict(x: int = 1):\n    if x == 1:\n        raise ValueError("no good")\n    return {"y": x}\n';
const none = {
  source: 'none',
  examples: 0,
  passed: 0,
  probe: { code: 'CALL_FAILED', raised: 'ValueError: no good' },
};

test('code runs although a call with its defaults raises, also after each change', async () => {
  const client = await connectOnce();
  const solution = temporarySolution({ 'main.py': refusing });
  const info = await deploy({ name: 'refusing', solution, agent: 'none' });
  expect(info).toMatchObject({ state: 'running', contract: none, lastError: null });
  expect(await callDeployment('refusing', { x: 2 })).toEqual({ status: 'success', output: { y: 2 } });

  const colors = selectColors({}, {});
  const summary = 'none; called with its defaults, it raised ValueError: no good';
  expect(renderDeployment(info, colors)).toMatch(new RegExp(`contract +${summary}`));
  expect(renderHistory(info, [], colors)).toContain(`contract: ${summary}`);
  expect(buildHistory(info, []).contract).toEqual(none);

  writeTree(solution, { 'main.py': `${refusing}\n# changed\n` });
  expect(await redeploy('refusing')).toMatchObject({ state: 'running', revision: 'r2', contract: none });
  expect(await rollBack('refusing')).toMatchObject({ state: 'running', revision: 'r1', contract: none });
  await client.stop('refusing');
  expect(await client.start('refusing')).toMatchObject({ state: 'running', contract: none });
  await client.cleanup('refusing');
});

test('a call with defaults that ends the software reaches the endpoint once', async () => {
  const client = await connectOnce();
  const mark = join(temporaryDirectory(), 'called');
  const code = `import os\ndef predict(x: int = 1):\n    if x == 1:\n        with open(${JSON.stringify(mark)}, "a+") as file:\n            file.write("x")\n            file.seek(0)\n            if len(file.read()) > 1:\n                os._exit(3)\n    return x\n`;
  const info = await deploy({ name: 'ending', solution: temporarySolution({ 'main.py': code }), agent: 'none' });
  expect(info).toMatchObject({ state: 'running', contract: { source: 'none', probe: { code: 'CALL_LOST' } } });
  expect(await callDeployment('ending', { x: 2 })).toEqual({ status: 'success', output: 2 });
  await client.cleanup('ending');
});

test.each([
  [
    'module',
    'import cv2',
    {},
    /^ModuleNotFoundError: No module named 'cv2'; no manifest requires it: add opencv-python/,
  ],
  [
    'ignored file',
    'open("w.bin")',
    { '.gitignore': '*.bin\n', 'w.bin': 'x' },
    /; w\.bin is in the repository, but its ignore/,
  ],
])('a %s that only a call needs is reported with a next step', async (kind, line, files, raised) => {
  const name = `missing-${kind.split(' ')[0]}`;
  const code = `def predict(x: int = 1):\n    ${line}\n    return x\n`;
  const info = await deploy({ name, solution: temporarySolution({ 'main.py': code, ...files }), agent: 'none' });
  expect(info).toMatchObject({ state: 'running', contract: { probe: { raised: expect.stringMatching(raised) } } });
  await (await connectOnce()).cleanup(name);
});

/** Documents calls with one letter, two letters, and so on. */
const documented = (...wants: string[]): string => {
  const calls = wants.map((want, index) => `    >>> predict("${'a'.repeat(index + 1)}")\n    ${want}\n`);
  return `def predict(text):\n    """Counts.\n\n${calls.join('')}    """\n    return len(text)\n`;
};

test('a documented call that ends the process runs once, before the software serves', async () => {
  const client = await connectOnce();
  const mark = join(temporaryDirectory(), 'called');
  const ending = `import os\n${documented('1', '2')}`.replace(
    '    return len(text)',
    `    if text == "a":\n        open(${JSON.stringify(mark)}, "a").write("x")\n        os._exit(3)\n    return len(text)`,
  );
  const info = await deploy({ name: 'killing', solution: temporarySolution({ 'main.py': ending }), agent: 'none' });
  const stale = [{ example: 0, problem: expect.stringContaining('CALL_LOST: the process ended during the call') }];
  expect(info).toMatchObject({ state: 'running', restarts: 0, contract: { examples: 2, passed: 1, stale } });
  await client.stop('killing');
  expect(await client.start('killing')).toMatchObject({ state: 'running', contract: { passed: 1, stale } });
  expect(readFileSync(mark, 'utf8')).toBe('x');
  await client.cleanup('killing');
});

test('code runs although parts of its documentation are outdated, and they are named', async () => {
  const client = await connectOnce();
  const solution = temporarySolution({ 'main.py': documented('1', '7') });
  const info = await deploy({ name: 'stale', solution, agent: 'none' });
  const stale = [{ example: 1, place: 'main.py:6', input: '{"text":"aa"}', problem: 'output: expected 7, got 2' }];
  expect(info).toMatchObject({ state: 'running', contract: { source: 'repository', examples: 2, passed: 1, stale } });
  const note =
    'main.py:6: the documented call with {"text":"aa"} does not behave as documented: output: expected 7, got 2';
  expect(info.notes.filter((one) => one.startsWith('main.py'))).toEqual([note]);
  expect(renderDeployment(info, selectColors({}, {}))).toContain(`note  ${note}`);
  await client.cleanup('stale');
});

test('a deployment waits with evidence if no documented call passes', async () => {
  const client = await connectOnce();
  await startDeployment({
    name: 'wrong',
    solution: temporarySolution({ 'main.py': documented('5', '7') }),
    agent: 'none',
  });
  const info = await waitForState('wrong', 'waiting', 'running');
  expect(info).toMatchObject({ state: 'waiting', lastError: { code: 'CONTRACT_FAILED' } });
  expect(info.lastError?.evidence).toContain('example 2 (main.py:6), input {"text":"aa"}');
  await client.abandon('wrong');
});
