/** @needs temporal */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { StrategyAvailability } from '../../src/registry/index.js';
import { diagnose } from '../../src/stack/diagnose.js';
import type { DiagnosticCheck } from '../../src/stack/diagnostic-check.js';
import { ensureStack } from '../../src/stack/ensure-stack.js';
import { useOwnHomes } from './use-own-homes.js';

const enterNewHome = useOwnHomes();

const entry = (
  name: string,
  state: StrategyAvailability['state'],
  changes: Partial<StrategyAvailability> = {},
): StrategyAvailability => ({
  name,
  state,
  directory: `/strategies/${name}`,
  origin: 'user',
  config: null,
  problem: null,
  unmetNeeds: [],
  ...changes,
});

async function check(entries = [entry('local', 'ready')]): Promise<Record<string, DiagnosticCheck>> {
  const checks = await diagnose({ listAvailability: async () => entries });
  return Object.fromEntries(checks.map((found) => [found.name, found]));
}

test('found tools are ok with their versions, and nothing is started', async () => {
  const home = enterNewHome();
  const checks = await check();
  expect(checks.node).toEqual({
    name: 'node',
    ok: true,
    detail: process.versions.node,
    remedy: null,
    isRequired: true,
  });
  expect(checks.git).toMatchObject({ ok: true, detail: expect.stringMatching(/^git version/) });
  expect(checks.temporal).toMatchObject({ ok: true, detail: expect.stringContaining('temporal version') });
  expect(checks.home).toMatchObject({ detail: expect.stringContaining(home.root) });
  expect(checks.server).toMatchObject({ ok: false, isRequired: false, remedy: null });
  expect(existsSync(home.stack)).toBe(false);
});

test('missing tools have a remedy', async () => {
  enterNewHome();
  process.env.PATH = '/nowhere';
  process.env.TEMPORAL_CLI = '/nowhere/temporal';
  const { git, python3, uv, temporal } = await check();
  expect(git).toMatchObject({ ok: false, isRequired: true, remedy: 'install git' });
  expect(python3).toMatchObject({ ok: false, isRequired: true });
  expect(uv).toMatchObject({ ok: false, isRequired: false });
  expect(temporal).toMatchObject({ ok: false, isRequired: true, remedy: expect.stringContaining('TEMPORAL_CLI') });
});

test('a server without a worker differs from one that does not answer', async () => {
  enterNewHome();
  const { address } = await ensureStack({ needsWorker: false });
  const running = await check();
  expect(running.server).toMatchObject({ ok: true, detail: expect.stringContaining(address) });
  expect(running.worker).toMatchObject({ ok: false, remedy: 'berth up' });
  process.env.TEMPORAL_ADDRESS = '127.0.0.1:1';
  expect((await check()).server).toMatchObject({
    ok: false,
    isRequired: true,
    detail: expect.stringContaining('127.0.0.1:1'),
  });
});

test('a home that is not writable fails a required check', async () => {
  const home = enterNewHome();
  writeFileSync(join(home.root, 'file'), '');
  process.env.BERTH_HOME = join(home.root, 'file', 'home');
  expect((await check()).home).toMatchObject({
    ok: false,
    isRequired: true,
    remedy: expect.stringContaining('BERTH_HOME'),
  });
});

test('a broken strategy is listed with its problem and hides no other', async () => {
  enterNewHome();
  const problem = 'config.yaml:3: provider is a number';
  const checks = await check([entry('local', 'ready'), entry('mine', 'broken', { problem })]);
  expect(checks.strategies).toMatchObject({ ok: true, detail: 'local' });
  expect(checks['strategy mine']).toMatchObject({
    ok: false,
    isRequired: false,
    detail: 'config.yaml:3: provider is a number',
  });
  expect((await check([])).strategies).toMatchObject({ ok: false, isRequired: true });
});

test('an unmet need is listed with its remedy and affects only its strategy', async () => {
  enterNewHome();
  const need = { name: 'crane', isMet: false, detail: 'no crane answers', remedy: 'install a crane' };
  const checks = await check([entry('local', 'ready'), entry('lifted', 'unavailable', { unmetNeeds: [need] })]);
  expect(checks.strategies).toMatchObject({ ok: true, detail: 'local' });
  expect(checks['strategy lifted']).toEqual({
    name: 'strategy lifted',
    ok: false,
    isRequired: false,
    detail: 'crane: no crane answers',
    remedy: 'install a crane',
  });
});
