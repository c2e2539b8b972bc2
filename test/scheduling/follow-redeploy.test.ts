import { expect, test } from '@jest/globals';
import type { CurrentChange, DeploymentInfo, PastChange } from '../../src/contract/index.js';
import { judgeChange } from '../../src/scheduling/follow-redeploy.js';
import { explainSkip } from '../../src/scheduling/request-redeploy.js';
import { createDeploymentInfo } from '../commands/recording-stream.js';

const requested = (id: string, by = 'schedule default') => ({
  id,
  kind: 'redeploy' as const,
  by,
  reason: null,
  requestedAt: '2026-11-23T03:00:00.000Z',
});
const past = (id: string, facts: Partial<PastChange> = {}): PastChange => ({
  ...requested(id),
  revision: 'r2',
  outcome: 'live',
  lastError: null,
  note: 'r2 is live',
  finishedAt: '2026-11-23T03:01:00.000Z',
  ...facts,
});
const current = (id: string, facts: Partial<CurrentChange> = {}): CurrentChange => ({
  ...requested(id),
  revision: 'r2',
  state: 'verifying',
  lastError: null,
  ...facts,
});
const rollback = { kind: 'rollback' as const, by: 'berth', reason: '5 of 9 calls failed', revision: 'r1' };
const bake = { revision: 'r2', previous: 'r1', until: '2026-11-23T03:02:00.000Z' };
const contractError = { code: 'CONTRACT_FAILED', message: 'no', next: 'fix it', evidence: 'got 5' };

test.each<[string, Partial<DeploymentInfo>]>([
  ['is in progress', { change: current('c2') }],
  ['is queued', { change: current('c1'), next: requested('c2') }],
  ['bakes', { changes: [past('c2')], bake }],
  ['is being rolled back', { changes: [past('c2')], change: current('c3', rollback) }],
  ['is about to be rolled back', { changes: [past('c2')], next: { ...requested('c3'), ...rollback } }],
])('a change that %s is still followed', (_, facts) => {
  expect(judgeChange(createDeploymentInfo(facts), 'c2')).toBeNull();
});

test.each<[string, Partial<DeploymentInfo>, string]>([
  ['is live', { changes: [past('c2')] }, 'live'],
  ['changed nothing', { changes: [past('c2', { outcome: 'unchanged' })] }, 'unchanged'],
  ['a newer request replaced', { changes: [past('c2', { outcome: 'superseded' })] }, 'superseded'],
  ['is older than the recorded changes', { changes: [past('c90')] }, 'superseded'],
  ['was stopped in its bake', { state: 'stopped', changes: [past('c2')], bake }, 'live'],
  ['a user rolled back', { changes: [past('c2'), past('c3', { ...rollback, by: 'ada@host' })] }, 'live'],
  ['was followed by one that was rolled back', { changes: [past('c2'), past('c3'), past('c4', rollback)] }, 'live'],
])('a change that %s ends the run', (_, facts, outcome) => {
  expect(judgeChange(createDeploymentInfo(facts), 'c2')).toMatchObject({ outcome, change: 'c2' });
});

test.each<[string, Partial<DeploymentInfo>, string]>([
  ['waits', { change: current('c2', { state: 'waiting', lastError: contractError }) }, 'CONTRACT_FAILED'],
  ['failed', { changes: [past('c2', { outcome: 'failed', lastError: contractError })] }, 'CONTRACT_FAILED'],
  ['was rolled back', { changes: [past('c2'), past('c3', rollback)] }, 'ROLLED_BACK'],
  [
    'could not be rolled back',
    { changes: [past('c2'), past('c3', { ...rollback, outcome: 'failed' })] },
    'REDEPLOY_FAILED',
  ],
])('a change that %s fails the run', (_, facts, code) => {
  expect(judgeChange(createDeploymentInfo(facts), 'c2')).toMatchObject({
    failure: { code, details: { change: 'c2', revision: 'r2' } },
  });
});

test.each<[string, Partial<DeploymentInfo>, string]>([
  ['is stopped', { state: 'stopped' }, 'it is stopped'],
  ['serves nothing yet', { state: 'waiting', revision: null }, 'does not serve yet'],
  ['has a queued change', { change: current('c2'), next: requested('c3', 'ada@host') }, 'requested by ada@host'],
  ['keeps failed work', { change: current('c2', { state: 'waiting' }) }, 'c2 is waiting'],
])('a deployment that %s is skipped', (_, facts, reason) => {
  expect(explainSkip(createDeploymentInfo(facts), false)).toContain(reason);
});

test('only a waiting change that a schedule requested is replaced, and only if its schedule says so', () => {
  const waiting = { change: current('c2', { state: 'waiting' }) };
  const resumed = { step: 'resume', startedAt: '2026-11-23T08:00:00.000Z', finishedAt: null, note: '' };
  expect(explainSkip(createDeploymentInfo(waiting), true)).toBeNull();
  expect(explainSkip(createDeploymentInfo({ ...waiting, steps: [resumed] }), true)).toContain('c2 is waiting');
  const ofUser = { change: current('c2', { state: 'waiting', by: 'ada@host' }) };
  expect(explainSkip(createDeploymentInfo(ofUser), true)).toContain('c2 is waiting');
});
