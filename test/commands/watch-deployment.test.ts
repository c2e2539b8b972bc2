import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createOutput } from '../../src/commands/output.js';
import { describeAction, formatDollars, watchDeployment } from '../../src/commands/watch-deployment.js';
import { writeOutcome } from '../../src/commands/write-outcome.js';
import { registerCleanup, temporaryDirectory } from '../support/temporary-directories.js';
import { createDeploymentInfo, RecordingStream } from './recording-stream.js';

const previous = process.env.BERTH_HOME;
process.env.BERTH_HOME = temporaryDirectory('berth-home-');
registerCleanup(() => {
  if (previous === undefined) delete process.env.BERTH_HOME;
  else process.env.BERTH_HOME = previous;
});

const logs = join(process.env.BERTH_HOME, 'deployments', 'sentiment', 'logs');
const file = join(logs, 'agent.jsonl');

const event = (facts: object) => ({
  kind: 'run',
  text: 'pytest -q',
  agent: 'codex',
  round: 2,
  at: Date.now(),
  ...facts,
});

function write(...events: object[]): void {
  mkdirSync(logs, { recursive: true });
  appendFileSync(file, events.map((one) => `${JSON.stringify(one)}\n`).join(''));
}

const makeOutput = ({ isTTY = false, isVerbose = false, isJson = false }) => {
  const streams = { stdout: new RecordingStream(), stderr: new RecordingStream({ isTTY, columns: 120 }) };
  return { ...streams, output: createOutput(streams, { isJson, isVerbose }) };
};

const adapting = createDeploymentInfo({
  state: 'adapting',
  adaptation: { by: 'codex', summary: 'not accepted', rounds: 1, cost: 0.14, sessionId: 's' },
  steps: [{ step: 'adaptWorkspace', startedAt: new Date().toISOString(), finishedAt: null, note: '' }],
});

test('the live line shows an agent’s action with round and cost', async () => {
  rmSync(file, { force: true });
  const { output, stderr } = makeOutput({ isTTY: true });
  await watchDeployment('sentiment', output, async (report) => {
    report(adapting);
    await sleep(30);
    write(event({}));
    const since = Date.now();
    while (!stderr.text.includes('round 2, $0.14: codex runs pytest -q') && Date.now() - since < 20_000) await sleep(5);
    expect(stderr.text).toContain('round 2, $0.14: codex runs pytest -q');
    report({ ...adapting, notes: ['news'] });
    expect(stderr.text.split('\r').at(-1)).toContain('codex runs pytest -q');
    output.progress.end();
  });
});

test('verbose prints each new event completely', async () => {
  rmSync(file, { force: true });
  write(event({ text: 'from an earlier round' }));
  const { output, stderr, stdout } = makeOutput({ isVerbose: true });
  await watchDeployment('sentiment', output, async (report) => {
    report(adapting);
    await sleep(30);
    write(event({ kind: 'message', text: 'one\ntwo\u001B[2J\u0007' }));
    appendFileSync(file, 'half a li');
  });
  expect(stderr.text).toBe('codex round 2 message one\n  two\n');
  expect(stdout.text).toBe('');
});

test('the live line shows the output of a setup', async () => {
  const { output, stderr } = makeOutput({ isTTY: true });
  const at = new Date().toISOString();
  const request = {
    id: 'c1',
    kind: 'deploy',
    by: 'ana@studio',
    reason: null,
    requestedAt: at,
    lastError: null,
  } as const;
  await watchDeployment('sentiment', output, async (report) => {
    report(
      createDeploymentInfo({
        state: 'starting',
        change: { ...request, revision: 'r1', state: 'starting' },
        steps: [{ step: 'createRunner', startedAt: at, finishedAt: null, note: '' }],
      }),
    );
    await sleep(30);
    appendFileSync(join(logs, 'r1.log'), 'downloading\u001B[2J weights\n');
    const since = Date.now();
    while (!stderr.text.includes('downloading weights') && Date.now() - since < 20_000) await sleep(5);
    output.progress.end();
  });
  expect(stderr.text).toContain('downloading weights');
});

test('without a terminal and without verbose, events of agents are not printed', async () => {
  const { output, stderr } = makeOutput({});
  await watchDeployment('sentiment', output, async () => write(event({})));
  expect(stderr.text).toBe('');
});

test.each([
  [{ kind: 'edit', text: 'app.py', agent: 'aider', round: null }, 0, 'aider edits app.py'],
  [{ kind: 'other', text: 'a\nb', agent: 'x', round: 1 }, 0, 'round 1: x a'],
  [{ kind: 'read', text: 'a', agent: 'x', round: 3 }, 2, 'round 3, $2.00: x reads a'],
])('%j at %d dollars is described as an action', (action, cost, text) => {
  expect(describeAction(action, cost)).toBe(text);
});

test('dollars are rounded to the cent, and a fraction of a cent is not zero', () => {
  expect([0, 0.004, 0.145, 12].map(formatDollars)).toEqual(['$0.00', '<$0.01', '$0.14', '$12.00']);
});

const failed = createDeploymentInfo({
  state: 'waiting',
  lastError: {
    code: 'IMPORT_FAILED',
    message: 'app.py does not import',
    next: 'Fix it, then: berth resume sentiment --agent none',
    evidence: 'Traceback (most recent call last):\n  File "app.py", line 1\nModuleNotFoundError: No module named x\n\n',
  },
});

test('a waiting deployment ends with three lines: the failure, the evidence, the next command', async () => {
  const { output, stderr, stdout } = makeOutput({});
  expect(await writeOutcome(failed, output)).toBe(1);
  expect(stderr.text.trimEnd().split('\n')).toEqual([
    'IMPORT_FAILED app.py does not import',
    '  ModuleNotFoundError: No module named x (all 3 lines: berth status sentiment)',
    'Fix it, then: berth resume sentiment --agent none',
  ]);
  expect(stdout.text).toBe('');
});

test('verbose prints all of the evidence, and JSON only the state', async () => {
  const verbose = makeOutput({ isVerbose: true });
  await writeOutcome(failed, verbose.output);
  expect(verbose.stderr.text).toContain('  Traceback (most recent call last):\n');
  const json = makeOutput({ isJson: true });
  expect(await writeOutcome(failed, json.output)).toBe(1);
  expect(JSON.parse(json.stdout.text)).toMatchObject({ state: 'waiting', lastError: { code: 'IMPORT_FAILED' } });
  expect(json.stderr.text).toBe('');
});
