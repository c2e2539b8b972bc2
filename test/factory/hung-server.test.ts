/** @needs temporal */
import { expect, test } from '@jest/globals';
import { DeploymentClient } from '../../src/factory/deployment-client.js';
import { ensureStack } from '../../src/stack/index.js';
import { recordedProcess } from '../support/killing/victims.js';
import { temporaryStack } from '../support/stack.js';

const home = temporaryStack();

test('an embedded server that lives and does not answer is told, with what to do', async () => {
  await ensureStack({ worker: true });
  const { pid } = recordedProcess(home, 'server');
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
