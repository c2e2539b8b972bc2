import { expect, test } from '@jest/globals';
import type { CurrentChange, DeploymentInfo, PastChange } from '../../src/contract/index.js';
import { judgeChange } from '../../src/scheduling/follow-redeploy.js';
import { explainSkip } from '../../src/scheduling/request-redeploy.js';
import { createDeploymentInfo } from '../commands/recording-stream.js';

const asked = (id: string, by = 'schedule default') => ({
  ...{ id, kind: 'redeploy' as const, by, reason: null, requestedAt: '2026-11-23T03:00:00.000Z' },
});
const past = (id: string, facts: Partial<PastChange> = {}): PastChange => ({
  ...asked(id),
  ...{ revision: 'r2', outcome: 'live', lastError: null, note: 'r2 is live', finishedAt: '2026-11-23T03:01:00.000Z' },
  ...facts,
});
const current = (id: string, facts: Partial<CurrentChange> = {}): CurrentChange => ({
  ...asked(id),
  ...{ revision: 'r2', state: 'verifying', lastError: null },
  ...facts,
});
const rollback = { kind: 'rollback' as const, by: 'berth', reason: '5 of 9 calls failed', revision: 'r1' };
const bake = { revision: 'r2', previous: 'r1', until: '2026-11-23T03:02:00.000Z' };
const contractError = { code: 'CONTRACT_FAILED', message: 'no', next: 'mend it', evidence: 'got 5' };

test.each<[string, Partial<DeploymentInfo>]>([
  ['is being made', { change: current('c2') }],
  ['waits for its turn', { change: current('c1'), next: asked('c2') }],
  ['has to prove itself', { changes: [past('c2')], bake }],
  ['is being rolled back', { changes: [past('c2')], change: current('c3', rollback) }],
  ['is about to be rolled back', { changes: [past('c2')], next: { ...asked('c3'), ...rollback } }],
])('a change that %s is followed further', (_, facts) => {
  expect(judgeChange(createDeploymentInfo(facts), 'c2')).toBeNull();
});

test.each<[string, Partial<DeploymentInfo>, string]>([
  ['is live', { changes: [past('c2')] }, 'live'],
  ['changed nothing', { changes: [past('c2', { outcome: 'unchanged' })] }, 'unchanged'],
  ['a newer request replaced', { changes: [past('c2', { outcome: 'superseded' })] }, 'superseded'],
  ['is long forgotten', { changes: [past('c90')] }, 'superseded'],
  ['was stopped before it had proved itself', { state: 'stopped', changes: [past('c2')], bake }, 'live'],
  ['a person rolled back', { changes: [past('c2'), past('c3', { ...rollback, by: 'ada@host' })] }, 'live'],
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
  ['has a request in its queue', { change: current('c2'), next: asked('c3', 'ada@host') }, 'asked for by ada@host'],
  ['keeps failed work', { change: current('c2', { state: 'waiting' }) }, 'c2 waits'],
])('a deployment that %s is left alone', (_, facts, why) => {
  expect(explainSkip(createDeploymentInfo(facts), false)).toContain(why);
});

test('only the untouched work of a schedule is replaced, and only where that is wished', () => {
  const waiting = { change: current('c2', { state: 'waiting' }) };
  const resumed = { step: 'resume', startedAt: '2026-11-23T08:00:00.000Z', finishedAt: null, note: '' };
  expect(explainSkip(createDeploymentInfo(waiting), true)).toBeNull();
  expect(explainSkip(createDeploymentInfo({ ...waiting, steps: [resumed] }), true)).toContain('c2 waits');
  const ofPerson = { change: current('c2', { state: 'waiting', by: 'ada@host' }) };
  expect(explainSkip(createDeploymentInfo(ofPerson), true)).toContain('c2 waits');
});
