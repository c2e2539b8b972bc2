import { expect, test } from '@jest/globals';
import { toDiagnosticCheck } from '../../src/commands/check-coding-agents.js';
import { selectColors } from '../../src/commands/colors.js';
import { paintPatch } from '../../src/commands/diff.js';
import { renderDeployments } from '../../src/commands/list.js';
import { renderCall, renderDeployment, renderRunning } from '../../src/commands/render-deployment.js';
import { renderFailure } from '../../src/commands/report-failure.js';
import { renderStrategies } from '../../src/commands/strategies/list-strategies.js';
import { createDeploymentInfo } from './recording-stream.js';

const plain = selectColors({}, {});
const colored = selectColors({}, { FORCE_COLOR: '1' });

test('a failure has one red line, the evidence and the next step', () => {
  const failure = {
    code: 'IMPORT_FAILED',
    message: 'app.py does not import',
    next: 'Fix it.',
    evidence: 'line 1\nline 2\n',
  };
  expect(renderFailure(failure, plain)).toBe(
    ['IMPORT_FAILED app.py does not import', '  line 1', '  line 2', 'Fix it.'].join('\n'),
  );
  expect(renderFailure(failure, colored).split('\n')[0]).toBe(
    colored.red(`${colored.bold('IMPORT_FAILED')} app.py does not import`),
  );
});

test.each([
  ['a terminal', { isTTY: true }, {}, true],
  ['a file', {}, {}, false],
  ['a dumb terminal', { isTTY: true }, { TERM: 'dumb' }, false],
  ['a terminal with NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }, false],
  ['a terminal with an empty NO_COLOR', { isTTY: true }, { NO_COLOR: '' }, true],
  ['a file with FORCE_COLOR', {}, { FORCE_COLOR: '1' }, true],
  ['a terminal with FORCE_COLOR=0', { isTTY: true }, { FORCE_COLOR: '0' }, false],
  ['a file with both', {}, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
])('colors on %s follow the environment', (_, stream, environment, expected) => {
  expect(selectColors(stream, environment).isColorSupported).toBe(expected);
});

test('the list is aligned', () => {
  const summary = { host: 'h', webUrl: null, createdAt: '2026-01-02T03:04:05.678Z', change: null, lastChange: null };
  const lines = renderDeployments(
    [
      { name: 'a', state: 'selecting', strategy: null, revision: null, ...summary },
      { name: 'longer-name', state: 'running', strategy: 'local', revision: 'r1', ...summary },
    ],
    plain,
    Date.parse('2026-01-02T03:04:48Z'),
  ).split('\n');
  expect(lines).toEqual([
    'NAME         STATE      STRATEGY  REVISION  AGE',
    'a            selecting  -         -         42s',
    'longer-name  running    local     r1        42s',
  ]);
});

test('the list shows a running, waiting or failed change next to the active revision', () => {
  const summary = { state: 'running', strategy: 'local', host: 'h', webUrl: null, revision: 'r1' } as const;
  const last = { reason: null, requestedAt: '', finishedAt: '', revision: null, note: '' };
  const failed = { ...last, id: 'c4', kind: 'redeploy', by: 'schedule default', outcome: 'failed' } as const;
  const rolledBack = { ...last, id: 'c5', kind: 'rollback', by: 'berth', outcome: 'live' } as const;
  const createdAt = '2026-01-02T03:05:05.678Z';
  const lines = renderDeployments(
    [
      { ...summary, name: 'a', revision: 'r2', createdAt, change: 'waiting', lastChange: failed },
      { ...summary, name: 'b', createdAt, change: null, lastChange: { ...rolledBack, by: 'ana@studio' } },
      { ...summary, name: 'c', createdAt, change: null, lastChange: failed },
      { ...summary, name: 'd', createdAt, change: null, lastChange: rolledBack },
    ],
    plain,
    Date.parse('2026-01-04T12:00:00Z'),
  ).split('\n');
  expect(lines).toEqual([
    'NAME  STATE    STRATEGY  REVISION  AGE  CHANGE',
    'a     running  local     r2        2d   waiting',
    'b     running  local     r1        2d',
    'c     running  local     r1        2d   c4 failed',
    'd     running  local     r1        2d   c5 rolled back',
  ]);
});

test('the status page shows the current change, its failure, the next commands and the link', () => {
  const lastError = { code: 'CONTRACT_FAILED', message: 'no', next: 'Give a hint.', evidence: 'expected 4, got 5' };
  const request = { by: 'ana@studio', reason: null, requestedAt: '2026-03-01T12:00:00.000Z' };
  const revision = (id: string, state: string) => ({ id, state, createdAt: request.requestedAt, digest: null });
  const page = renderDeployment(
    createDeploymentInfo({
      revision: 'r2',
      revisions: [revision('r1', 'kept'), revision('r2', 'active')],
      webUrl: 'http://ui/x',
      change: { ...request, id: 'c3', kind: 'redeploy', revision: 'r3', state: 'waiting', lastError },
      next: { ...request, id: 'c4', kind: 'rollback', by: 'berth', reason: 'its calls failed' },
      bake: { revision: 'r2', previous: 'r1', until: '2026-03-01T12:05:00.000Z' },
      changes: [
        {
          ...request,
          id: 'c2',
          kind: 'redeploy',
          by: 'schedule default',
          revision: null,
          outcome: 'failed',
          note: 'SOURCE_NOT_FOUND: there is no /src',
          lastError: null,
          finishedAt: request.requestedAt,
        },
      ],
    }),
    plain,
  );
  expect(page.split('\n').map((line) => line.trim())).toEqual(
    expect.arrayContaining([
      'revision     r2',
      'others       r1 (kept)',
      'change       redeploy to r3 is waiting (c3 by ana@studio, 2026-03-01 12:00:00 UTC)',
      'queued       rollback (c4 by berth, 2026-03-01 12:00:00 UTC: its calls failed)',
      'last change  redeploy, failed: SOURCE_NOT_FOUND: there is no /src (c2 by schedule default, 2026-03-01 12:00:00 UTC)',
      'bake         until 2026-03-01 12:05:00 UTC; rolls back to r1 if r2 fails',
      'web UI       http://ui/x',
      'CONTRACT_FAILED no',
      'expected 4, got 5',
      "Continue with a hint     berth resume sentiment --hint '…'",
      'Abandon, and keep r2     berth abandon sentiment',
      "Call                     berth run sentiment '{…}'",
    ]),
  );
});

test('the list of strategies shows all providers of a strategy', () => {
  const config = {
    name: 'both',
    provider: null,
    providers: ['dear-cloud'],
    interface: 'http',
    runner_class: 'Both',
    default_resources: {},
    run_interface: { type: 'http' },
    takes: ['language:python'],
    environment: 'python' as const,
    exposable: false,
    schedulable: false,
    signals: [],
    packages: [],
  };
  const entry = { name: 'both', directory: '/s', origin: 'user', state: 'ready', problem: null, config } as const;
  expect(renderStrategies([entry], plain)).toContain('http       this machine, dear-cloud');
});

test('the list of strategies shows why one is broken', () => {
  const entry = { directory: '/s', origin: 'user', config: null } as const;
  const table = renderStrategies(
    [{ ...entry, name: 'odd', state: 'broken', problem: 'config.yaml:3 name is missing' }],
    plain,
  );
  expect(table).toContain('odd       broken  user  -          -        config.yaml:3 name is missing');
});

test('the status page shows the strategy, the adaptation, the contract and the passed checks in one line each', () => {
  const page = renderDeployment(
    createDeploymentInfo({ notes: ['Python 3.11 stands for the 3.12 that was asked for'] }),
    plain,
  );
  for (const part of [
    'sentiment is running',
    'strategy    local (chosen by rules)',
    'recipe:function: recognized predict(text)',
    '3 of 3 passed (from you)',
    'checks      1 of 1 passed',
    'note  Python 3.11 stands for',
  ])
    expect(page).toContain(part);
  expect(page).not.toContain('null');
  expect(page).not.toContain('it defines predict(text)');
});

test('the status page of a model’s choice shows its first sentence', () => {
  const reasoning = 'The repository has a Dockerfile. Scores: docker 5.';
  const page = renderDeployment(
    createDeploymentInfo({ selection: { decidedBy: 'model', reasoning, candidates: [] } }),
    plain,
  );
  expect(page).toContain('local (chosen by the model: The repository has a Dockerfile.)\n');
});

test('the status page shows all checks when one failed', () => {
  const checks = [
    { name: 'structure', passed: true, milliseconds: 3, note: 'app.py' } as const,
    { name: 'syntax', passed: false, milliseconds: 4, note: 'app.py:1' } as const,
  ];
  const page = renderDeployment(createDeploymentInfo({ checks }), plain);
  expect(page).toContain('  ✔  structure  3 ms  app.py\n  ✘  syntax     4 ms  app.py:1');
});

test('the status page of a waiting deployment ends with the failure and the next step', () => {
  const lastError = {
    code: 'CONTRACT_FAILED',
    message: 'example 2 failed',
    next: 'Compare.',
    evidence: 'expected 1, got 2',
  };
  const page = renderDeployment(createDeploymentInfo({ state: 'waiting', lastError }), plain);
  expect(page.split('\n').slice(-3)).toEqual(['CONTRACT_FAILED example 2 failed', '  expected 1, got 2', 'Compare.']);
});

test('the result of a deploy shows a call that a shell accepts', () => {
  expect(renderRunning(createDeploymentInfo(), { text: "it's" })).toBe(
    `sentiment is running (local, r1)\n  berth run sentiment '{"text":"it'\\''s"}'`,
  );
  expect(renderCall('x', undefined)).toBe(`berth run x '{…}'`);
  expect(renderCall('x', 'y'.repeat(200))).toBe(`berth run x '{…}'`);
});

test('a patch without colors is unchanged', () => {
  const patch = 'diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-old\n+new';
  expect(paintPatch(patch, plain)).toBe(patch);
  expect(paintPatch(patch, colored)).toContain('\u001B[32m+new\u001B[39m');
});

test('the check of a coding agent shows what is missing and how to get it', () => {
  const agent = {
    name: 'codex',
    isUsable: false,
    missing: ['the program codex', 'CODEX_API_KEY or OPENAI_API_KEY'],
    version: null,
    program: null,
    model: null,
    reportsCost: false,
    origin: 'built-in' as const,
  };
  expect(toDiagnosticCheck(agent)).toEqual({
    name: 'agent codex',
    ok: false,
    isRequired: false,
    detail: 'not set up',
    remedy: 'install codex; set CODEX_API_KEY or OPENAI_API_KEY',
  });
  const usable = { ...agent, isUsable: true, missing: [], version: '1.2', program: '/bin/codex', model: 'm' };
  expect(toDiagnosticCheck(usable)).toMatchObject({
    ok: true,
    detail: '1.2, /bin/codex, model m, reports no cost',
    remedy: null,
  });
});
