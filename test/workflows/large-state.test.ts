/** @needs git python3 uv temporal */
import { expect, test } from '@jest/globals';
import type { Example } from '../../src/contract/index.js';
import {
  connectOnce,
  redeploy,
  rollBack,
  startDeployment,
  startWithHistoryLimit,
  waitForInfo,
  waitForState,
} from '../support/deployments.js';
import { temporarySolution } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';

temporaryStack();

const letters = 'def predict(text: str):\n    return len(text)\n';

/** Returns examples of about this many bytes of JSON. */
const examplesOf = (bytes: number, letter: string): Example[] => [
  { input: { text: letter.repeat(bytes / Buffer.byteLength(letter)) }, match: 'subset' },
];

test('a deployment with large examples continues as new, and refuses examples beyond the limit', async () => {
  const examples = examplesOf(900_000, 'a');
  const solution = temporarySolution({ 'main.py': letters });
  await startWithHistoryLimit({ name: 'large', solution, examples }, 20);
  await waitForState('large', 'running');
  const client = await connectOnce();
  await redeploy('large', { isForced: true });
  expect(await redeploy('large', { changes: { examples } })).toMatchObject({ revision: 'r2' });
  expect((await client.info('large')).changes.at(-1)).toMatchObject({ outcome: 'unchanged' });
  await redeploy('large', { changes: { examples: examplesOf(500_000, 'b'), bake: 0 } });
  const tooMuch = { changes: { examples: examplesOf(500_000, 'c') }, isForced: false };
  await expect(client.redeploy('large', tooMuch)).rejects.toMatchObject({ code: 'EXAMPLES_INVALID' });
  expect(await rollBack('large')).toMatchObject({ revision: 'r2', contract: { source: 'user', passed: 1 } });
  await client.cleanup('large');
});

test('examples beyond the limit are rejected by their size in bytes', async () => {
  const solution = temporarySolution({ 'main.py': letters });
  const examples = examplesOf(1_600_000, 'ä');
  await expect(startDeployment({ name: 'too-large', solution, examples })).rejects.toMatchObject({
    code: 'EXAMPLES_INVALID',
  });
  await startDeployment({ name: 'too-large', solution });
  await waitForState('too-large', 'running');
  const client = await connectOnce();
  const redeployment = { changes: { examples }, isForced: false };
  await expect(client.redeploy('too-large', redeployment)).rejects.toMatchObject({ code: 'EXAMPLES_INVALID' });
  await client.cleanup('too-large');
});

test('evidence beyond the limit is truncated', async () => {
  const raising = 'def predict(text: str):\n    raise ValueError("no " * 3_000)\n';
  const examples = Array.from({ length: 200 }, () => ({ input: { text: 'a' }, match: 'subset' as const }));
  await startDeployment({ name: 'wordy', solution: temporarySolution({ 'main.py': raising }), examples });
  const info = await waitForInfo('wordy', ({ state }) => state === 'waiting');
  expect(info.lastError).toMatchObject({ code: 'CONTRACT_FAILED', evidence: expect.stringContaining('example 1,') });
  expect(JSON.stringify(info).length).toBeLessThan(200_000);
  await (await connectOnce()).cleanup('wordy');
});
