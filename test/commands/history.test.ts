import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { RoundRecord } from '../../src/adaptation/rounds/index.js';
import { colorsFor } from '../../src/commands/colors.js';
import { makeHistory, renderHistory } from '../../src/commands/history.js';
import { readRounds } from '../../src/commands/round-history.js';
import { atTheEnd, temporaryDirectory } from '../support/temporary.js';
import { deploymentInfo } from './support.js';

const home = temporaryDirectory('berth-home-');
const previous = process.env.BERTH_HOME;
process.env.BERTH_HOME = home;
atTheEnd(() => {
  if (previous === undefined) delete process.env.BERTH_HOME;
  else process.env.BERTH_HOME = previous;
});

const plain = colorsFor({}, {});
const step = (name: string, from: number, to: number | null, note: string) => ({
  step: name,
  startedAt: new Date(from).toISOString(),
  finishedAt: to === null ? null : new Date(to).toISOString(),
  note,
});

const info = deploymentInfo({
  steps: [
    step('selectStrategy', 0, 40, 'local, by rules'),
    step('adaptWorkspace', 1000, 3500, 'failed: refused'),
    step('resume', 9000, 9000, 'hint: look again'),
    step('adaptWorkspace', 9000, null, ''),
  ],
  adaptation: { by: 'codex', summary: 'not accepted', rounds: 2, cost: 0.3, sessionId: 's' },
});

test('the worker’s records of rounds are read in order, and those of recipes are none', async () => {
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
      ...{ number: 2, agent: 'codex', outcome: 'failed', dollars: 0.3, tokens: 1200, turns: 4 },
      summary: 'ADAPTATION_FAILED: it deleted a test',
    },
    { number: 10, agent: 'codex', outcome: 'open', dollars: 0, tokens: 0, turns: 0, summary: null },
  ]);
  expect(await readRounds('nobody')).toEqual([]);
});

test('history tells requests, decisions with their reasons, durations and costs', async () => {
  const text = renderHistory(info, await readRounds('sentiment'), plain);
  expect(text.split('\n').map((line) => line.trim())).toEqual(
    expect.arrayContaining([
      'sentiment, from /solutions/sentiment, is running',
      '1970-01-01 00:00:00       40 ms  selectStrategy  local, by rules',
      'it defines predict(text)',
      '1970-01-01 00:00:01       2.5 s  adaptWorkspace  failed: refused',
      '1970-01-01 00:00:09        0 ms  resume          hint: look again',
      '1970-01-01 00:00:09  on its way  adaptWorkspace',
      'Rounds of coding agents, $0.30 all in all',
      '2   codex  failed  $0.30  1200 tokens  4 turns  ADAPTATION_FAILED: it deleted a test',
    ]),
  );
});

test('as JSON, history is one value with milliseconds', () => {
  const value = JSON.parse(JSON.stringify(makeHistory(info, [])));
  expect(value.steps.map(({ milliseconds }: { milliseconds: number | null }) => milliseconds)).toEqual([
    40,
    2500,
    0,
    null,
  ]);
  expect(value).toMatchObject({ name: 'sentiment', selection: { decidedBy: 'rules' }, rounds: [] });
});
