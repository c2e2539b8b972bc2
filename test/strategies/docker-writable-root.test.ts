/** @needs python3 container-engine */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { isReadOnlyRootFailure } from '../../strategies/docker/container/writable-root.js';
import type { DockerHandle } from '../../strategies/docker/docker-handle.js';
import { DockerRunner } from '../../strategies/docker/runner.js';
import { requireFailure } from './conformance.js';
import { setUpDocker } from './docker-setup.js';

const setup = setUpDocker('writable');

const isReadOnly = async ({ container }: DockerHandle): Promise<boolean | undefined> =>
  (await setup.engine.getContainer(container).inspect()).HostConfig.ReadonlyRootfs;

const writing = `def predict(words):
    with open("seen.txt", "a") as seen: seen.write(words)
    return open("seen.txt").read()
`;
const counting = `import sqlite3
def predict(words):
    with sqlite3.connect("seen.db") as seen:
        seen.execute("create table if not exists seen (words text)")
        seen.execute("insert into seen values (?)", [words])
        return seen.execute("select count(*) from seen").fetchone()[0]
`;

test.each([
  { name: 'writes', source: writing, output: 'once' },
  { name: 'keeps a database', source: counting, output: 1 },
])(
  'software that $name next to its code when called is gone until it is started writable',
  async (written) => {
    const { runner, plan } = await setup.makeRunner({ 'app.py': written.source });
    const first = (await runner.start({ env: {} })) as DockerHandle;
    expect(await isReadOnly(first)).toBe(true);
    expect(requireFailure(await runner.run({ words: 'once' })).code).toBe('CALL_FAILED');
    const detail = expect.stringContaining('file system is read-only');
    expect(await runner.isHealthy()).toEqual({ isHealthy: false, state: 'gone', detail });
    const other = new DockerRunner(plan);
    await other.attach(first);
    expect(await other.isHealthy()).toMatchObject({ state: 'gone' });
    const second = (await other.start({ env: {} })) as DockerHandle;
    expect([second.container === first.container, await isReadOnly(second)]).toEqual([false, false]);
    expect(await other.run({ words: 'once' })).toEqual({ status: 'success', output: written.output });
    expect(await other.isHealthy()).toMatchObject({ isHealthy: true });
    expect(readFileSync(plan.logFile, 'utf8')).toMatch(/^berth: a call failed because the file system is read-only: /m);
    await other.stop();
    expect(await isReadOnly((await other.start({ env: {} })) as DockerHandle)).toBe(false);
    await other.close();
  },
  90_000,
);

test('a stream that fails for this reason counts, too', async () => {
  const source = 'def predict():\n    yield "a"\n    open("seen.txt", "w")';
  const { runner } = await setup.makeRunner({ 'app.py': source });
  await runner.start({ env: {} });
  const parts = runner.stream({});
  await parts.next();
  await parts.next();
  expect(await runner.isHealthy()).toMatchObject({ state: 'gone' });
});

test('another failure leaves the file system read-only', async () => {
  const { runner } = await setup.makeRunner({ 'app.py': 'def predict(): open("/root/none")' });
  await runner.start({ env: {} });
  expect(requireFailure(await runner.run({})).code).toBe('CALL_FAILED');
  expect(await runner.isHealthy()).toMatchObject({ state: 'ready' });
});

test.each([
  ["OSError: [Errno 30] Read-only file system: 'seen.txt'", true],
  ['sqlite3.OperationalError: unable to open database file', true],
  ['sqlite3.OperationalError: attempt to write a readonly database', true],
  ['[Errno 301] of somebody', false],
  ["PermissionError: [Errno 13] Permission denied: '/root/none'", false],
])('%s', (text, isReadOnlyRoot) => {
  expect(isReadOnlyRootFailure(text)).toBe(isReadOnlyRoot);
});
