/** @needs temporal */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Connection } from '@temporalio/client';
import { ensureStack } from '../../src/stack/ensure-stack.js';
import { useOwnHomes } from '../stack/use-own-homes.js';
import { temporaryDirectory } from '../support/temporary-directories.js';

const enterNewHome = useOwnHomes();
const address = process.env.BERTH_TEST_TEMPORAL ?? '';
const directory = temporaryDirectory();

const useProfile = (name: string, content: string): void => {
  const file = join(directory, `${name}.toml`);
  writeFileSync(file, content);
  process.env.TEMPORAL_CONFIG_FILE = file;
};

const refuseProgress = (line: string): never => {
  throw new Error(`nothing is to be started, but: ${line}`);
};

test('TEMPORAL_ADDRESS selects a server, which is prepared; nothing is started', async () => {
  const home = enterNewHome();
  Object.assign(process.env, { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'default' });
  const target = await ensureStack({ needsWorker: true, onProgress: refuseProgress });
  expect(target).toMatchObject({ address, namespace: 'default', webUrl: null, isEmbedded: false });
  expect(existsSync(home.stack)).toBe(false);
  const connection = await Connection.connect(target.connectionOptions);
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
  await connection.close();
  expect(Object.keys(customAttributes)).toContain('BerthHost');
});

test('a prepared server stays unchanged, and TEMPORAL_UI sets its Web UI', async () => {
  enterNewHome();
  Object.assign(process.env, { TEMPORAL_ADDRESS: address, TEMPORAL_UI: 'http://127.0.0.1:8080/' });
  const targets = await Promise.all([ensureStack({ needsWorker: false }), ensureStack({ needsWorker: false })]);
  expect(targets[0]).toEqual(targets[1]);
  expect(targets[0]).toMatchObject({ webUrl: 'http://127.0.0.1:8080' });
});

test('a profile of Temporal’s configuration file sets address and namespace', async () => {
  enterNewHome();
  // The only namespace other than `default` that every server has.
  useProfile('work', `[profile.work]\naddress = "${address}"\nnamespace = "temporal-system"\n`);
  process.env.TEMPORAL_PROFILE = 'work';
  const target = await ensureStack({ needsWorker: false });
  expect(target).toMatchObject({ namespace: 'temporal-system' });
});

test('the error of an unreachable server has its address', async () => {
  enterNewHome();
  process.env.TEMPORAL_ADDRESS = '127.0.0.1:1';
  await expect(ensureStack({ needsWorker: false })).rejects.toMatchObject({
    code: 'SERVER_UNREACHABLE',
    message: expect.stringContaining('127.0.0.1:1'),
  });
});

test('a configuration file that is not TOML is refused', async () => {
  enterNewHome();
  useProfile('broken', '[profile.default\naddress = ');
  await expect(ensureStack({ needsWorker: false })).rejects.toMatchObject({
    code: 'STACK_FAILED',
    message: expect.stringContaining('cannot read Temporal’s configuration'),
  });
});

test('the error of a missing namespace has its name', async () => {
  enterNewHome();
  Object.assign(process.env, { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'nowhere' });
  await expect(ensureStack({ needsWorker: false })).rejects.toMatchObject({
    code: 'STACK_FAILED',
    message: expect.stringContaining('nowhere'),
  });
});
