/** @needs git python3 uv temporal setsid */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createActivities, type Dependencies } from '../../src/activities/index.js';
import { ensureStack } from '../../src/stack/index.js';
import { findUnreplayable } from '../support/histories.js';
import { KillMatrix, type MatrixCell, type Outcome } from '../support/killing/kill-matrix.js';
import { cutPower, killAgents, killHosts, killRecorded, UserCommands } from '../support/killing/kill-processes.js';
import { type Operation, type TestDeployment, writeAgent } from '../support/killing/operations.js';
import { localTarget } from '../support/killing/runtime-targets.js';
import { temporaryStack } from '../support/temporary-stack.js';

// Every step is killed, and must end as it was to end, without a person. BERTH_KILL_MATRIX=all kills each at every moment that it
// has, not at one (an hour); BERTH_KILL_REPORT=1 prints how long each took.

const home = temporaryStack();
const isWhole = process.env.BERTH_KILL_MATRIX === 'all';
/** Only the names are asked for. One of them does nothing, and is taken when no worker was there for a while. */
const steps = Object.keys(createActivities({} as Dependencies)).filter((step) => step !== 'awaitHost');
const matrix = new KillMatrix(home, localTarget(home));
let rehearsed: string[];

beforeAll(async () => {
  writeAgent(home);
  rehearsed = await matrix.rehearse();
}, 240_000);

test.each(steps)('%s is a step of something that is tried here', (step) => {
  expect(rehearsed).toContain(step);
});

interface Victim {
  kill: () => Promise<void>;
  /** Which cells one kill is for; each step of a deploy, a redeploy and a cleanup when left out. */
  cells?: () => MatrixCell[];
  ask?: (act: Operation, subject: TestDeployment) => Promise<unknown>;
}

const commands = new UserCommands();
const whole = ['deploy', 'redeploy', 'cleanup'];

const victims: Record<string, Victim> = {
  'the worker': { kill: () => killRecorded(home, 'worker') },
  'the server': { kill: () => killRecorded(home, 'server') },
  'everything at once': { kill: () => cutPower(home) },
  'the software': { kill: () => killHosts(home) },
  'the coding agent': { kill: () => killAgents(home), cells: () => matrix.busy() },
  'the client': {
    kill: commands.kill,
    // The workflow goes on without it, at whatever step.
    cells: () => matrix.commands(isWhole ? whole : ['deploy']),
    ask: (act, subject) => commands.run(act.commandArguments?.(subject) ?? []),
  },
};

describe.each(Object.entries(victims))('when %s is killed', (victim, { kill, cells, ask }) => {
  const outcomes: Outcome[] = [];

  beforeAll(
    async () => {
      const turn = Object.keys(victims).indexOf(victim);
      const core = () => [cells?.() ?? matrix.core(whole, turn)];
      const rounds = isWhole && cells === undefined ? matrix.whole() : core();
      const bringBack = () => ensureStack({ needsWorker: true });
      for (const round of rounds) outcomes.push(...(await matrix.run(round, { kill, restore: bringBack, ask })));
      if (process.env.BERTH_KILL_REPORT === '1') report(victim, outcomes);
    },
    isWhole ? 3_600_000 : 360_000,
  );

  test.each(cells === undefined ? steps : ['what it was busy with'])('%s ends as it was to end', (step) => {
    const told = outcomes.filter((outcome) => cells !== undefined || outcome.step === step);
    const problems = told.filter(({ problem }) => problem !== null).map((outcome) => describeOutcome(outcome));
    expect(problems).toEqual([]);
    expect(told).not.toEqual([]);
  });

  test('nothing is left over', async () => {
    expect(await matrix.findLeftOvers()).toEqual([]);
  });
});

test('a worker can take over all that ever ran', async () => {
  expect(await findUnreplayable()).toEqual([]);
}, 240_000);

const describeOutcome = ({ act, step, moment, seconds, problem }: Outcome): string =>
  `${act}, ${step}, ${moment}: ${problem ?? 'as it was to be'} (${seconds.toFixed(1)} s)`;

function report(victim: string, outcomes: Outcome[]): void {
  console.log([victim, new Date().toISOString(), ...outcomes.map(describeOutcome)].join('\n'));
}
