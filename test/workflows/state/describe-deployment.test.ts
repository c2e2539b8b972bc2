import { expect, test } from '@jest/globals';
import { DeployConfig, DeploymentInfo } from '../../../src/contract/index.js';
import { createPendingRevision } from '../../../src/workflows/revision/pending-revision.js';
import { createWorkflowState } from '../../../src/workflows/state/create-state.js';
import { describeDeployment } from '../../../src/workflows/state/describe-deployment.js';
import type { KeptRevision, WorkflowState } from '../../../src/workflows/state/state.js';

const config = DeployConfig.parse({ name: 'sentiment', solution: { path: '/source' }, requestedBy: 'ana@studio' });

const createState = (changes: Partial<WorkflowState> = {}): WorkflowState => ({
  ...createWorkflowState(config),
  next: null,
  ...changes,
});

function createKept(id: string, changes: Partial<KeptRevision> = {}): KeptRevision {
  const { status } = createPendingRevision(config, id, 1);
  const facts = {
    config,
    setting: {},
    adaptation: {},
    revision: { id, digest: `digest of ${id}` },
    createdAt: '2026-03-01T12:00:00.000Z',
    isRolledBack: false,
    status: { ...status, adaptedPath: `/revisions/${id}` },
    ...changes,
  };
  return facts as unknown as KeptRevision; // only these facts are described
}

const activate = (revision: string, isStopped = false): WorkflowState['active'] => ({
  revision,
  handle: { plan: {}, endpoint: 'unix:/r.sock', startedAt: '' } as never, // only the endpoint is described
  isStopped,
});

const change: WorkflowState['current'] = {
  id: 'c2',
  kind: 'redeploy',
  by: 'ana@studio',
  reason: null,
  requestedAt: '2026-03-01T12:00:00.000Z',
  redeployment: null,
  target: null,
  revision: 'r2',
  state: 'verifying',
  lastError: null,
};

test('a new deployment is described in the shape of the contract, before its first step', () => {
  const info = describeDeployment(createWorkflowState(config));
  expect(DeploymentInfo.parse(info)).toEqual(info);
  expect(info).toMatchObject({
    name: 'sentiment',
    state: 'selecting',
    source: { path: '/source', digest: null },
    change: null,
    next: { id: 'c1', kind: 'deploy', by: 'ana@studio' },
    revisions: [],
  });
  expect(info).not.toHaveProperty('leftOvers');
});

test('a deployment is in the state of its change until a revision serves', () => {
  expect(describeDeployment(createState({ current: change })).state).toBe('verifying');
  const serving = createState({
    current: change,
    state: 'running',
    active: activate('r1'),
    keptRevisions: [createKept('r1')],
  });
  expect(describeDeployment(serving)).toMatchObject({ state: 'running', change: { id: 'c2', state: 'verifying' } });
});

test('the state of each revision is derived', () => {
  const pendingRevision = { ...createPendingRevision(config, 'r4', 1), verified: createKept('r4') };
  const keptRevisions = [createKept('r1'), createKept('r2'), createKept('r3', { isRolledBack: true })];
  const info = describeDeployment(createState({ active: activate('r2'), keptRevisions, pendingRevision }));
  expect(info.revisions.map(({ id, state }) => `${id} ${state}`)).toEqual([
    'r1 kept',
    'r2 active',
    'r3 rolled back',
    'r4 verified',
  ]);
  expect(info).toMatchObject({ revision: 'r2', adaptedPath: '/revisions/r2', endpoint: 'unix:/r.sock' });
});

test('a stopped or cleaned deployment has no endpoint', () => {
  const keptRevisions = [createKept('r1')];
  expect(describeDeployment(createState({ active: activate('r1', true), keptRevisions })).endpoint).toBeNull();
  const cleaned = createState({ active: activate('r1'), keptRevisions, state: 'cleaned' });
  expect(describeDeployment(cleaned)).toMatchObject({ revision: 'r1', endpoint: null });
});

test('orphans are described with the reason why they exist', () => {
  const orphans = [{ revision: 'r1', desiredState: 'stopped' as const, message: 'it resists' }];
  expect(describeDeployment(createState({ orphans })).leftOvers).toEqual([{ revision: 'r1', message: 'it resists' }]);
});
