/** @needs git python3 uv temporal */
import { expect, test } from '@jest/globals';
import { DeploymentClient } from '../../src/client/deployment-client.js';
import { ensureStack } from '../../src/stack/index.js';
import { deploy } from '../support/deployments.js';
import { readRecordedProcess } from '../support/killing/kill-processes.js';
import { temporarySolution } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';

const home = temporaryStack();

test('an unresponsive embedded server is reported with a remedy', async () => {
  await ensureStack({ needsWorker: true });
  const { pid } = readRecordedProcess(home, 'server');
  process.kill(pid, 'SIGSTOP');
  try {
    const connecting = DeploymentClient.connect();
    await expect(connecting).rejects.toMatchObject({
      code: 'STACK_FAILED',
      message: expect.stringContaining('berth down && berth up'),
    });
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await (await DeploymentClient.connect()).close();
});

test('an unresponsive server or worker ends every wait', async () => {
  await ensureStack({ needsWorker: true });
  const solution = temporarySolution({ 'main.py': 'import time\n\n\ndef predict(n: int = 0):\n    time.sleep(n)\n' });
  await deploy({ name: 'left-waiting', solution, strategy: 'local', agent: 'none' });
  const client = await DeploymentClient.connect();
  const run = await client.runs.start('left-waiting', { n: 100 }, { timeout: 200 });
  const [server, worker] = (['server', 'worker'] as const).map((part) => readRecordedProcess(home, part).pid);
  process.kill(worker as number, 'SIGSTOP');
  try {
    const waits = [client.info('left-waiting'), client.stop('left-waiting'), client.runs.waitForAnswer(run)];
    const ends = await Promise.allSettled(waits);
    const codes = ends.map((end) =>
      end.status === 'rejected' ? `${end.reason.code}: ${end.reason.message}` : end.value,
    );
    expect(codes).toEqual(Array(3).fill(expect.stringMatching(/^(WORKER|SERVER)_UNREACHABLE: /)));
    process.kill(server as number, 'SIGSTOP');
    for (const question of [() => client.list(), () => client.cleanup('left-waiting')])
      await expect(question()).rejects.toMatchObject({
        code: expect.stringMatching(/SERVER_UNREACHABLE|STACK_FAILED/),
      });
  } finally {
    for (const pid of [server, worker]) process.kill(pid as number, 'SIGCONT');
  }
  await client.cleanup('left-waiting');
  await client.close();
}, 400_000);
