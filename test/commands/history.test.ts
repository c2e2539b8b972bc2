import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { RoundRecord } from '../../src/adaptation/rounds/index.js';
import { selectColors } from '../../src/commands/colors.js';
import { buildHistory } from '../../src/commands/history.js';
import { isChangeEntry, listHistoryEntries } from '../../src/commands/history-entries.js';
import { readRounds } from '../../src/commands/read-rounds.js';
import { renderHistory } from '../../src/commands/render-history.js';
import { registerCleanup, temporaryDirectory } from '../support/temporary-directories.js';
import { createDeploymentInfo } from './recording-stream.js';

const home = temporaryDirectory('berth-home-');
const previous = process.env.BERTH_HOME;
process.env.BERTH_HOME = home;
registerCleanup(() => {
  if (previous === undefined) delete process.env.BERTH_HOME;
  else process.env.BERTH_HOME = previous;
});

const plain = selectColors({}, {});
const step = (name: string, from: number, to: number | null, note: string) => ({
  step: name,
  startedAt: at(from),
  finishedAt: to === null ? null : at(to),
  note,
});

const at = (time: number) => new Date(time).toISOString();
const request = { by: 'ana@studio', reason: null, lastError: null };

/** History of a deploy, a redeploy after it, one that never began, a stop and a start, and a rollback. */
const info = createDeploymentInfo({
  revision: 'r2',
  steps: [
    step('deploy', 0, 0, 'c1, requested by ana@studio'),
    { ...step('selectStrategy', 0, 40, 'docker, by model'), why: 'it has\na Dockerfile' },
    { ...step('adaptWorkspace', 1000, 3500, 'failed: refused'), dollars: 0.1 },
    { ...step('adaptWorkspace', 4000, 6000, 'codex: done'), dollars: 0.2 },
    step('deploy', 7000, 7000, 'c1 is live: r1 is live'),
    step('redeploy', 7000, 7000, 'c2, requested by ana@studio'),
    { ...step('selectStrategy', 7000, 7010, 'local, by rules'), why: 'it defines predict(text)' },
    step('redeploy', 9000, 9000, 'c2 is live: r2 is live'),
    step('stop', 10_000, 10_000, 'requested by bob@lab'),
    step('stopRunner', 10_000, 10_200, 'no process is left'),
    step('rollback', 20_000, 20_000, 'c4, requested by berth'),
    step('createRunner', 20_000, null, ''),
  ],
  changes: [
    {
      ...request,
      id: 'c1',
      kind: 'deploy',
      requestedAt: at(0),
      revision: 'r1',
      outcome: 'live',
      note: 'r1 is live',
      finishedAt: at(7000),
    },
    {
      ...request,
      id: 'c3',
      kind: 'redeploy',
      requestedAt: at(3000),
      revision: null,
      outcome: 'superseded',
      note: 'c2 came later',
      finishedAt: at(3100),
    },
    {
      ...request,
      id: 'c2',
      kind: 'redeploy',
      requestedAt: at(3100),
      revision: 'r2',
      outcome: 'live',
      note: 'r2 is live',
      finishedAt: at(9000),
    },
  ],
  change: {
    id: 'c4',
    kind: 'rollback',
    by: 'berth',
    reason: '9 of 10 calls failed',
    requestedAt: at(20_000),
    revision: 'r1',
    state: 'starting',
    lastError: null,
  },
  next: { id: 'c5', kind: 'redeploy', by: 'schedule nightly', reason: null, requestedAt: at(30_000) },
  adaptation: { by: 'codex', summary: 'done', rounds: 2, cost: 0.3, sessionId: 's' },
});

test('a repeated reason is printed once', () => {
  const choose = (why: string, time: number) => ({ ...step('selectStrategy', time, time, 'local, by rules'), why });
  const steps = [choose('one', 0), choose('one', 1), choose('two', 2), choose('one', 3)];
  const text = renderHistory(createDeploymentInfo({ steps, changes: [] }), [], plain);
  expect(text.match(/one|two|same reasons as before/g)).toEqual(['one', 'same reasons as before', 'two', 'one']);
});

test('rounds of agents are read in order, and recipes have none', async () => {
  const directory = join(home, 'deployments', 'sentiment', 'agent');
  const recipe = await RoundRecord.open(directory, 1);
  await recipe.update({});
  const failed = await RoundRecord.open(directory, 2);
  const error = { code: 'ADAPTATION_FAILED', message: 'it deleted a test', next: '', details: {} } as const;
  const session = { agent: 'codex', id: 's' };
  await failed.update({ session, spent: { dollars: 0.3, tokens: 1200, turns: 4 }, error });
  const open = await RoundRecord.open(directory, 10);
  await open.update({ session });
  expect(await readRounds('sentiment')).toEqual([
    {
      number: 2,
      agent: 'codex',
      outcome: 'failed',
      dollars: 0.3,
      tokens: 1200,
      turns: 4,
      summary: 'ADAPTATION_FAILED: it deleted a test',
    },
    { number: 10, agent: 'codex', outcome: 'open', dollars: 0, tokens: 0, turns: 0, summary: null },
  ]);
  expect(await readRounds('nobody')).toEqual([]);
});

test('history shows the requester, outcome, steps, duration and cost of each change', async () => {
  const text = renderHistory(info, await readRounds('sentiment'), plain);
  expect(text.split('\n')).toEqual([
    'sentiment, from /solutions/sentiment, is running',
    '',
    'c1  deploy of r1 is live',
    '  by ana@studio, 1970-01-01 00:00:00 UTC, 7.0 s, $0.30',
    '    1970-01-01 00:00:00       40 ms         selectStrategy  docker, by model',
    '                                                            it has a Dockerfile',
    '    1970-01-01 00:00:01       2.5 s  $0.10  adaptWorkspace  failed: refused',
    '    1970-01-01 00:00:04       2.0 s  $0.20  adaptWorkspace  codex: done',
    '',
    'c3  redeploy is superseded: c2 came later',
    '  by ana@studio, 1970-01-01 00:00:03 UTC',
    '',
    'c2  redeploy to r2 is live',
    '  by ana@studio, 1970-01-01 00:00:03 UTC, 2.0 s',
    '    1970-01-01 00:00:07       10 ms         selectStrategy  local, by rules',
    '                                                            it defines predict(text)',
    '',
    '    1970-01-01 00:00:10                     stop            requested by bob@lab',
    '    1970-01-01 00:00:10      200 ms         stopRunner      no process is left',
    '',
    'c4  rollback to r1 is starting',
    '  by berth, 1970-01-01 00:00:20 UTC',
    '  reason: 9 of 10 calls failed',
    '    1970-01-01 00:00:20     running         createRunner',
    '',
    'c5  redeploy is queued',
    '  by schedule nightly, 1970-01-01 00:00:30 UTC',
    '',
    'Rounds of coding agents, $0.30 in total',
    '  2   codex  failed  $0.30  1200 tokens  4 turns  ADAPTATION_FAILED: it deleted a test',
    '  10  codex  open    $0.00  0 tokens     0 turns',
  ]);
});

test('a waiting change ends with its failure and the next step', () => {
  const lastError = { code: 'CONTRACT_FAILED', message: 'no', next: 'Give a hint.', evidence: 'expected 4, got 5' };
  const change = { ...request, id: 'c2', kind: 'redeploy', requestedAt: at(0), revision: 'r2', lastError } as const;
  const text = renderHistory(createDeploymentInfo({ change: { ...change, state: 'waiting' } }), [], plain);
  expect(text.split('\n').slice(-4)).toEqual(['', 'CONTRACT_FAILED no', '  expected 4, got 5', 'Give a hint.']);
});

test('JSON history has changes, and steps with milliseconds, costs and changes', () => {
  const value = JSON.parse(JSON.stringify(buildHistory(info, [])));
  expect(value).toMatchObject({
    name: 'sentiment',
    selection: { decidedBy: 'rules' },
    rounds: [],
    changes: info.changes,
    change: info.change,
    next: info.next,
    bake: null,
  });
  const steps = value.steps.map((one: { milliseconds: number; dollars?: number; change: string | null }) => [
    one.milliseconds,
    one.dollars,
    one.change,
  ]);
  expect(steps.slice(1, 4)).toEqual([
    [40, undefined, 'c1'],
    [2500, 0.1, 'c1'],
    [2000, 0.2, 'c1'],
  ]);
  expect(steps.slice(-4)).toEqual([
    [0, undefined, null],
    [200, undefined, null],
    [0, undefined, null],
    [null, undefined, 'c4'],
  ]);
});

test('a redeploy interrupted by a rollback has only its own steps from before and after', () => {
  const entries = listHistoryEntries(
    createDeploymentInfo({
      steps: [
        step('copyWorkspace', 1000, 1500, 'before'),
        step('createRunner', 2000, 2500, 'of the rollback'),
        step('createRunner', 4000, 4500, 'after'),
      ],
      changes: [
        {
          ...request,
          id: 'c3',
          kind: 'rollback',
          by: 'berth',
          requestedAt: at(1800),
          revision: 'r1',
          outcome: 'live',
          note: 'r1 is live again',
          finishedAt: at(3000),
        },
      ],
      change: { ...request, id: 'c2', kind: 'redeploy', requestedAt: at(900), revision: 'r3', state: 'checking' },
    }),
  );
  expect(entries.filter(isChangeEntry).map(({ id, steps }) => [id, ...steps.map(({ note }) => note)])).toEqual([
    ['c2', 'before', 'after'],
    ['c3', 'of the rollback'],
  ]);
});
