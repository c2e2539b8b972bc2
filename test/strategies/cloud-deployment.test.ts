import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { readExampleFile } from '../../src/adaptation/index.js';
import { DeployedSoftware } from '../../src/factory/deployed-software.js';
import { packageRoot } from '../../src/package-root.js';
import { ensureStack } from '../../src/stack/index.js';
import { workflowId } from '../../src/workflows/messages.js';
import { connectOnce, deploy } from '../support/deploying.js';
import { temporaryStack } from '../support/stack.js';
import { atTheEnd } from '../support/temporary.js';
import { FakeBentoCloud } from './bento-cloud.js';
import { bentoEnvironment } from './bento-plan.js';

const home = temporaryStack();
const [token, canary] = ['token-e2e-41f7', 'canary-e2e-90ab'];

test('a deployment lives in BentoCloud from its contract to its cleanup, and its secrets stand nowhere here', async () => {
  const { python } = await bentoEnvironment();
  const cloud = new FakeBentoCloud({ token, python });
  await cloud.listen();
  atTheEnd(() => cloud.close());
  process.env.BENTO_CLOUD_API_KEY = token; // before the worker is started: it is the worker's, too
  process.env.BENTO_CLOUD_API_ENDPOINT = cloud.address;

  const solution = join(packageRoot, 'examples', 'spelling-service');
  const examples = await readExampleFile(join(solution, 'examples.yaml'));
  const options = { solution, provider: 'bentocloud', agent: 'none', examples, env: { CANARY: canary } };
  const info = await deploy({ name: 'spelling', ...options });
  expect(info).toMatchObject({
    ...{ state: 'running', strategy: 'bentoml', provider: 'bentocloud' },
    endpoint: expect.stringContaining(`${cloud.address}/endpoints/spelling-r1-`),
    contract: { passed: examples.length },
  });
  expect(info.selection?.reasoning).toContain('it does not run on bentocloud');
  const software = await DeployedSoftware.open('spelling');
  expect(await software.run({ text: 'tommorow' })).toMatchObject({ output: { text: 'tomorrow' } });
  await software.close();
  expect([...cloud.secrets.values()]).toEqual([[{ key: 'CANARY', value: canary }]]);

  const client = await connectOnce();
  expect(await client.stop('spelling')).toMatchObject({ state: 'stopped' });
  expect(cloud.listServers()).toEqual([]);
  expect(await client.begin('spelling')).toMatchObject({ state: 'running' });

  const history = await readHistory('spelling');
  for (const secret of [token, canary]) {
    expect(history).not.toContain(secret);
    const found = spawnSync('grep', ['-rlaF', secret, home.root], { encoding: 'utf8' });
    expect(found).toMatchObject({ status: 1, stdout: '' });
  }
  await client.cleanup('spelling');
  expect([cloud.deployments.size, cloud.secrets.size, cloud.bentos.size, cloud.listServers()]).toEqual([0, 0, 0, []]);
}, 240_000);

async function readHistory(name: string): Promise<string> {
  const target = await ensureStack({ worker: true });
  const connection = await Connection.connect(target.connectionOptions);
  const history = await new Client({ connection }).workflow.getHandle(workflowId(name)).fetchHistory();
  await connection.close();
  return payloadsOf(JSON.parse(historyToJSON(history))).join('\n');
}

/** Every string of the history, and what those that are base64 hold. */
function payloadsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value, Buffer.from(value, 'base64').toString()];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(payloadsOf);
}
