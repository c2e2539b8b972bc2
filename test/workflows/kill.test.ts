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

// Kills every step and expects the same outcome as without a kill. BERTH_KILL_MATRIX=all kills each step at every moment
// instead of one (an hour); BERTH_KILL_REPORT=1 prints the duration of each recovery.

const home = temporaryStack();
const isComplete = process.env.BERTH_KILL_MATRIX === 'all';
/** Names of all steps, except the one that only waits for a worker. */
const steps = Object.keys(createActivities({} as Dependencies)).filter((step) => step !== 'awaitHost');
const matrix = new KillMatrix(home, localTarget(home));
let rehearsed: string[];

beforeAll(async () => {
  writeAgent(home);
  rehearsed = await matrix.rehearse();
}, 240_000);

test.each(steps)('the rehearsal runs %s', (step) => {
  expect(rehearsed).toContain(step);
});

interface Victim {
  kill: () => Promise<void>;
  /** Cells of one kill; by default each step of a deploy, a redeploy and a cleanup. */
  cells?: () => MatrixCell[];
  send?: (operation: Operation, subject: TestDeployment) => Promise<unknown>;
}

const commands = new UserCommands();
const core = ['deploy', 'redeploy', 'cleanup'];

const victims: Record<string, Victim> = {
  'the worker': { kill: () => killRecorded(home, 'worker') },
  'the server': { kill: () => killRecorded(home, 'server') },
  'the complete stack': { kill: () => cutPower(home) },
  'the software': { kill: () => killHosts(home) },
  'the coding agent': { kill: () => killAgents(home), cells: () => matrix.selectBusy() },
  'the client': {
    kill: commands.kill,
    // The workflow continues without the client, at any step.
    cells: () => matrix.selectCommands(isComplete ? core : ['deploy']),
    send: (operation, subject) => commands.run(operation.commandArguments?.(subject) ?? []),
  },
};

describe.each(Object.entries(victims))('when %s is killed', (victim, { kill, cells, send }) => {
  const outcomes: Outcome[] = [];

  beforeAll(
    async () => {
      const turn = Object.keys(victims).indexOf(victim);
      const selectRounds = () => [cells?.() ?? matrix.selectCore(core, turn)];
      const rounds = isComplete && cells === undefined ? matrix.selectAll() : selectRounds();
      const restore = () => ensureStack({ needsWorker: true });
      for (const round of rounds) outcomes.push(...(await matrix.run(round, { kill, restore, send })));
      if (process.env.BERTH_KILL_REPORT === '1') report(victim, outcomes);
    },
    isComplete ? 3_600_000 : 360_000,
  );

  test.each(cells === undefined ? steps : ['its busy step'])('%s has the expected outcome', (step) => {
    const results = outcomes.filter((outcome) => cells !== undefined || outcome.step === step);
    const problems = results.filter(({ problem }) => problem !== null).map((outcome) => describeOutcome(outcome));
    expect(problems).toEqual([]);
    expect(results).not.toEqual([]);
  });

  test('no orphan is left', async () => {
    expect(await matrix.findOrphans()).toEqual([]);
  });
});

test('a worker can replay all histories', async () => {
  expect(await findUnreplayable()).toEqual([]);
}, 240_000);

const describeOutcome = ({ operation, step, moment, seconds, problem }: Outcome): string =>
  `${operation}, ${step}, ${moment}: ${problem ?? 'as expected'} (${seconds.toFixed(1)} s)`;

function report(victim: string, outcomes: Outcome[]): void {
  console.log([victim, new Date().toISOString(), ...outcomes.map(describeOutcome)].join('\n'));
}
