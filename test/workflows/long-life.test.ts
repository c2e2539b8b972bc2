import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type { RequestedChange } from '../../src/contract/index.js';
import { prepareRedeployment } from '../../src/factory/prepare-config.js';
import { deploymentDirectory } from '../../src/home.js';
import { ensureStack } from '../../src/stack/index.js';
import { workflowId } from '../../src/workflows/messages.js';
import { beginBounded, call, connectOnce, redeploy, rollBack, until, untilInfo } from '../support/deploying.js';
import { fetchRuns } from '../support/histories.js';
import { temporaryStack } from '../support/stack.js';
import { atTheEnd, temporarySolution } from '../support/temporary.js';

const home = temporaryStack();
const forced = { changes: {}, isForced: true };

/** The first deployment fits in, and nothing that follows. */
const historyLimit = 60;

const answering = (version: string) =>
  `import os\ndef predict(n: int = 1):\n    if n > 1:\n        raise ValueError("too much")\n    return ["${version}", os.environ["MODE"]]\n`;

async function temporal(): Promise<Client> {
  const connection = await Connection.connect((await ensureStack({ worker: true })).connectionOptions);
  atTheEnd(() => connection.close());
  return new Client({ connection });
}

/** A deployment whose source can be changed. */
async function deployed(name: string): Promise<(code: string) => void> {
  const source = temporarySolution({ 'main.py': answering('one') });
  await beginBounded({ name, solution: source, env: { MODE: 'first' } }, historyLimit);
  await until(name, 'running');
  return (code) => writeFileSync(join(source, 'main.py'), code);
}

async function untilRun(client: Client, name: string, count: number): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    if ((await fetchRuns(client, workflowId(name))).length >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no run ${count} of ${name} has begun`);
}

test('whatever is asked for is done, however long the history is when it comes', async () => {
  await deployed('enduring');
  const client = await connectOnce();
  for (const revision of ['r2', 'r3', 'r4']) expect(await redeploy('enduring', forced)).toMatchObject({ revision });
  expect(await client.stop('enduring')).toMatchObject({ state: 'stopped' });
  expect(await client.begin('enduring')).toMatchObject({ state: 'running', revision: 'r4' });
  expect(await rollBack('enduring')).toMatchObject({ revision: 'r3' });
  expect(await client.cleanup('enduring')).toMatchObject({ state: 'cleaned' });
  expect((await fetchRuns(await temporal(), workflowId('enduring'))).length).toBeGreaterThan(3);
});

test('a new run carries what is kept, what waits, what was asked for and what has to prove itself', async () => {
  const write = await deployed('carried');
  const server = await temporal();
  const client = await connectOnce();
  const before = (await client.list()).find(({ name }) => name === 'carried');

  write(answering('two'));
  const { changes } = await prepareRedeployment(home, { env: { MODE: 'second' } });
  const handle = server.workflow.getHandle(workflowId('carried'));
  const args: [unknown, string] = [{ changes, isForced: false }, 'ada@host'];
  const ask = { args, updateId: randomUUID() };
  expect(await handle.executeUpdate<RequestedChange, [unknown, string]>('redeploy', ask)).toMatchObject({ id: 'c2' });
  await client.followToEnd('carried', 'c2');
  await untilRun(server, 'carried', 2);
  expect(await client.info('carried')).toMatchObject({ revision: 'r2', bake: { revision: 'r2', previous: 'r1' } });
  expect(await handle.executeUpdate<RequestedChange, [unknown, string]>('redeploy', ask)).toMatchObject({ id: 'c2' });
  expect(await call('carried', {})).toMatchObject({ output: ['two', 'second'] });
  expect((await client.list()).find(({ name }) => name === 'carried')).toEqual({ ...before, revision: 'r2' });

  for (let times = 0; times < 6; times += 1) await call('carried', { n: 2 });
  await untilInfo('carried', ({ revision, change }) => revision === 'r1' && change === null);
  expect(await call('carried', {})).toMatchObject({ output: ['one', 'first'] });

  write('nonsense(');
  await redeploy('carried');
  expect(await client.info('carried')).toMatchObject({ revision: 'r1', change: { id: 'c4', state: 'waiting' } });
  writeFileSync(join(deploymentDirectory(home, 'carried').workspace, 'main.py'), answering('mended'));
  await client.resume('carried', { agent: 'none' });
  expect(await client.followToEnd('carried', 'c4')).toMatchObject({ revision: 'r3' });
  expect(await rollBack('carried', 'r2')).toMatchObject({ revision: 'r2', restarts: 0 });
  expect(await call('carried', {})).toMatchObject({ output: ['two', 'second'] });
  expect((await client.info('carried')).changes.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
    ...['c1 live', 'c2 live', 'c3 live', 'c4 live', 'c5 live'],
  ]);
  await client.cleanup('carried');
});
