/** @needs git python3 uv temporal */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { openSoftware } from '../../src/calls/open-software.js';
import { ensureStack } from '../../src/stack/index.js';
import { workflowId } from '../../src/workflows/messages.js';
import { connectOnce, deploy } from '../support/deployments.js';
import { temporarySolution } from '../support/temporary-directories.js';
import { listProcesses, temporaryStack } from '../support/temporary-stack.js';

const home = temporaryStack();
const canary = 'canary-7f3b91d2c4';

test('a secret reaches the software, and appears in no history, log, file or process list', async () => {
  const source = temporarySolution({
    'main.py': 'import os\ndef predict(name: str):\n    return len(os.environ[name])\n',
  });
  await deploy({ name: 'keeping', solution: source, env: { API_TOKEN: canary } });
  const software = await openSoftware('keeping', home);
  expect(await software.run({ name: 'API_TOKEN' })).toEqual({ status: 'success', output: canary.length });
  await software.close();

  const target = await ensureStack({ needsWorker: true });
  const connection = await Connection.connect(target.connectionOptions);
  const history = await new Client({ connection }).workflow.getHandle(workflowId('keeping')).fetchHistory();
  const payloads = payloadsOf(JSON.parse(historyToJSON(history)));
  expect(payloads.some((payload) => payload.includes('API_TOKEN'))).toBe(true);
  expect(payloads.filter((payload) => payload.includes(canary))).toEqual([]);
  await connection.close();

  expect(spawnSync('grep', ['-rlaF', canary, home.root], { encoding: 'utf8' })).toMatchObject({
    status: 1,
    stdout: '',
  });
  for (const pid of listProcesses(home)) {
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(canary);
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain(canary);
  }
  await (await connectOnce()).cleanup('keeping');
});

/** Lists every string of the history, and the decoded content of base64 strings. */
function payloadsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value, Buffer.from(value, 'base64').toString()];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(payloadsOf);
}
