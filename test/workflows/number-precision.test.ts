/** @needs git python3 uv temporal */
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readExampleFile } from '../../src/adaptation/index.js';
import { deploy } from '../support/deployments.js';
import { temporarySolution } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';

temporaryStack();

const main = `
def predict(x):
    return {"kind": type(x).__name__, "next": x + 1}
`;

const examples = `
- input: { x: 9007199254740993 }
  output: { kind: int, next: 9007199254740994 }
- input: { x: 1.0 }
  output: { kind: float, next: 2.0 }
`;

test('examples keep every digit from the history to the software', async () => {
  const solution = temporarySolution({ 'main.py': main, 'examples.yaml': examples });
  const given = await readExampleFile(join(solution, 'examples.yaml'));
  const info = await deploy({ name: 'exact', solution, entry: 'main:predict', agent: 'none', examples: given });
  expect(info).toMatchObject({ state: 'running', contract: { source: 'user', passed: 2 } });
  const large = { input: { x: 9007199254740993n }, output: { next: 9007199254740995n } };
  const wrong = await deploy({ name: 'wrong', solution, entry: 'main:predict', agent: 'none', examples: [large] });
  expect(wrong).toMatchObject({
    state: 'waiting',
    lastError: { evidence: expect.stringContaining('expected 9007199254740995, got 9007199254740994') },
  });
}, 120_000);

test('a documented call with large integers is checked to the last digit', async () => {
  const source = (last: number) => `
def fib(n):
    """
    >>> fib(100)
    35422484817926191507${last}
    >>> fib(1)
    1
    """
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a
`;
  const right = temporarySolution({ 'fib.py': source(5) });
  const options = { entry: 'fib:fib', agent: 'none' };
  expect(await deploy({ name: 'right', solution: right, ...options })).toMatchObject({
    state: 'running',
    contract: { source: 'repository', examples: 2, passed: 2 },
  });
  const stale = temporarySolution({ 'fib.py': source(6) });
  expect(await deploy({ name: 'stale', solution: stale, ...options })).toMatchObject({
    state: 'running',
    contract: { source: 'repository', examples: 2, passed: 1 },
  });
}, 120_000);
