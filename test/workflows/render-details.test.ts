import { expect, test } from '@jest/globals';
import type { DeploymentInfo, LastError } from '../../src/contract/index.js';
import { codes, describeNext, type ErrorCode } from '../../src/errors.js';
import { renderDetails } from '../../src/workflows/status/render-details.js';
import { createDeploymentInfo } from '../commands/recording-stream.js';

const request = { by: 'ana@studio', reason: null, requestedAt: '2026-03-01T12:00:00.000Z' };
const failed: LastError = {
  code: 'CONTRACT_FAILED',
  message: '1 of 4 examples failed',
  next: describeNext('CONTRACT_FAILED', { name: 'sentiment' }),
  evidence: 'expected "positive", got "neutral"',
};
const waitingRedeploy: Partial<DeploymentInfo> = {
  revision: 'r2',
  change: { ...request, id: 'c3', kind: 'redeploy', revision: 'r3', state: 'waiting', lastError: failed },
};
const revision = (id: string, state: string) => ({ id, state, createdAt: request.requestedAt, digest: null });

/** Returns the commands in backticks. */
const commandsIn = (markdown: string): string[] =>
  [...markdown.matchAll(/`(berth [^`]+)`/g)].map(([, command = '']) => command);

test.each<[string, Partial<DeploymentInfo>, string[]]>([
  [
    'a first deployment in progress',
    {
      state: 'verifying',
      revision: null,
      change: { ...request, id: 'c1', kind: 'deploy', revision: 'r1', state: 'verifying', lastError: null },
    },
    ['berth status sentiment --watch', 'berth cleanup sentiment'],
  ],
  [
    'a first deployment that waits',
    {
      state: 'waiting',
      revision: null,
      lastError: failed,
      change: { ...request, id: 'c1', kind: 'deploy', revision: 'r1', state: 'waiting', lastError: failed },
    },
    [
      'berth resume sentiment --hint TEXT',
      'berth shell sentiment',
      'berth resume sentiment --agent none',
      'berth redeploy sentiment',
      'berth abandon sentiment',
    ],
  ],
  ['a running deployment', {}, ["berth run sentiment '{…}'", 'berth redeploy sentiment']],
  [
    'a deployment with an earlier revision',
    { revision: 'r2', revisions: [revision('r1', 'kept'), revision('r2', 'active')] },
    ["berth run sentiment '{…}'", 'berth redeploy sentiment', 'berth rollback sentiment'],
  ],
  [
    'a deployment that was rolled back to its first revision',
    { revision: 'r1', revisions: [revision('r1', 'active'), revision('r2', 'rolled back')] },
    ["berth run sentiment '{…}'", 'berth redeploy sentiment'],
  ],
  [
    'a redeploy in progress',
    { change: { ...request, id: 'c2', kind: 'redeploy', revision: 'r2', state: 'adapting', lastError: null } },
    ['berth status sentiment --watch', 'berth abandon sentiment', "berth run sentiment '{…}'"],
  ],
  [
    'a redeploy that waits',
    waitingRedeploy,
    [
      'berth resume sentiment --hint TEXT',
      'berth shell sentiment',
      'berth resume sentiment --agent none',
      'berth redeploy sentiment',
      'berth abandon sentiment',
      "berth run sentiment '{…}'",
    ],
  ],
  [
    'a redeploy that waits for a tool',
    {
      change: {
        ...request,
        id: 'c2',
        kind: 'redeploy',
        revision: 'r2',
        state: 'waiting',
        lastError: { ...failed, code: 'TOOL_MISSING', next: describeNext('TOOL_MISSING', {}) },
      },
    },
    [
      'berth doctor',
      "berth resume sentiment --hint '…'",
      'berth shell sentiment; berth resume sentiment --agent none',
      'berth redeploy sentiment',
      'berth abandon sentiment',
      "berth run sentiment '{…}'",
    ],
  ],
  ['an unhealthy deployment', { state: 'unhealthy' }, ['berth logs sentiment', 'berth stop sentiment']],
  ['a stopped deployment', { state: 'stopped' }, ['berth start sentiment', 'berth cleanup sentiment']],
  ['a deployment that is being cleaned up', { state: 'cleaning' }, ['berth cleanup sentiment']],
  [
    'a cleaned deployment',
    { state: 'cleaned', source: { path: '/solutions/my sentiment', digest: null } },
    ["berth deploy '/solutions/my sentiment' --name sentiment"],
  ],
])('%s lists the next commands', (_, facts, commands) => {
  expect(commandsIn(renderDetails(createDeploymentInfo(facts)))).toEqual(commands);
});

test('a waiting redeploy shows what callers reach, who requested it, and the evidence', () => {
  const markdown = renderDetails(createDeploymentInfo(waitingRedeploy));
  expect(markdown.split('\n\n').slice(0, 5)).toEqual([
    '### sentiment is running',
    'revision **r2** · strategy **local** · host `here` · from `/solutions/sentiment`',
    '**The redeploy to r3 is waiting.** c3, requested by ana@studio on 2026-03-01 12:00 UTC. Callers still reach **r2**.',
    '**CONTRACT_FAILED** 1 of 4 examples failed',
    '```\nexpected "positive", got "neutral"\n```',
  ]);
});

test('a queued change, a bake and finished changes are shown', () => {
  const markdown = renderDetails(
    createDeploymentInfo({
      revision: 'r2',
      revisions: [revision('r1', 'kept'), revision('r2', 'active')],
      next: { ...request, id: 'c4', kind: 'redeploy', by: 'schedule nightly' },
      bake: { revision: 'r2', previous: 'r1', until: '2026-03-01T12:05:00.000Z' },
      changes: [
        { ...request, id: 'c1', kind: 'deploy', revision: 'r1', outcome: 'live', note: 'r1 is live', ...over },
        { ...request, id: 'c2', kind: 'redeploy', revision: 'r2', outcome: 'failed', note: 'it exited', ...over },
        {
          ...request,
          id: 'c3',
          kind: 'rollback',
          by: 'berth',
          reason: 'its calls failed',
          revision: 'r1',
          outcome: 'live',
          note: 'r1 is live again',
          ...over,
        },
      ],
    }),
  );
  expect(markdown).toContain('Queued: a redeploy, c4, requested by schedule nightly on 2026-03-01 12:00 UTC.');
  expect(markdown).toContain('**r2** bakes until 2026-03-01 12:05 UTC. If it fails, it is rolled back to **r1**.');
  expect(markdown).toContain('Revisions: r1 (kept), r2 (active)');
  expect(markdown.split('\n').filter((line) => /^- (deploy|redeploy|rollback) /.test(line))).toEqual([
    '- rollback c3, requested by berth on 2026-03-01 12:00 UTC: its calls failed. r1 is live again',
    '- redeploy c2, requested by ana@studio on 2026-03-01 12:00 UTC. **failed**: it exited',
    '- deploy c1, requested by ana@studio on 2026-03-01 12:00 UTC. r1 is live',
  ]);
});

const over = { lastError: null, finishedAt: '2026-03-01T12:01:00.000Z' };

test('steps show whether they succeeded, failed or run, and their cost', () => {
  const times = { startedAt: request.requestedAt, finishedAt: over.finishedAt };
  const markdown = renderDetails(
    createDeploymentInfo({
      steps: [
        { step: 'adaptWorkspace', ...times, note: 'codex: done', dollars: 0.3 },
        { step: 'verifyRevision', ...times, note: 'failed: no' },
        { step: 'adaptWorkspace', ...times, finishedAt: null, note: '' },
      ],
    }),
  );
  expect(markdown).toContain(
    '- ✓ **adaptWorkspace** ($0.30) codex: done\n- ✗ **verifyRevision** failed: no\n- … **adaptWorkspace**',
  );
});

test.each(Object.keys(codes) as ErrorCode[])('every command in the next step of %s can be copied unchanged', (code) => {
  const next = describeNext(code, { name: 'sentiment', path: '/solutions/a.b', variable: 'TOKEN', revision: 'r2' });
  const markdown = renderDetails(createDeploymentInfo({ lastError: { ...failed, code, next, evidence: null } }));
  expect(markdown.replaceAll(/`[^`]+`/g, '')).not.toMatch(/\bberth [a-z]+|[^\\]--/);
  for (const command of commandsIn(markdown)) expect(command).not.toMatch(/[.,;)`]$/);
});

test('text from outside is escaped', () => {
  const markdown = renderDetails(
    createDeploymentInfo({
      lastError: {
        ...failed,
        message: '<img src=x> ![y](http://z) **bold** `code` a_b --flag\n# heading',
        evidence: 'before\n```\n<script>\u001B[31mred',
      },
    }),
  );
  expect(markdown).toContain(String.raw`\<img src=x\> !\[y\](http://z) \*\*bold\*\* \`code\` a\_b \-\-flag # heading`);
  expect(markdown).toContain('````\nbefore\n```\n<script>[31mred\n````');
});

test('the page is always bounded, and shows both ends of the evidence', () => {
  const long = 'x'.repeat(5000);
  const past = {
    ...request,
    id: 'c1',
    kind: 'redeploy',
    revision: 'r1',
    outcome: 'failed',
    note: long,
    ...over,
  } as const;
  const evidence = ['first', ...Array.from({ length: 9999 }, () => long), 'last'].join('\n');
  const markdown = renderDetails(
    createDeploymentInfo({
      ...waitingRedeploy,
      lastError: { ...failed, message: long, evidence },
      changes: Array.from({ length: 50 }, () => past),
      steps: Array.from({ length: 50 }, () => ({ step: 's', startedAt: '', finishedAt: '', note: long })),
      notes: Array.from({ length: 50 }, () => long),
      selection: { decidedBy: 'model', reasoning: long, candidates: [] },
    }),
  );
  expect(markdown.length).toBeLessThan(10_000);
  expect(markdown).toContain('```\nfirst\n');
  expect(markdown).toContain('… 9981 lines …');
  expect(markdown).toContain('\nlast\n```');
});
