/** @needs git python3 uv temporal */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import type { DurableRunOptions } from '../../../src/client/durable-runs/index.js';
import type { Answer } from '../../../src/contract/index.js';
import { isSameProcess, type ProcessIdentity } from '../../../src/processes/process-identity.js';
import { ensureStack } from '../../../src/stack/index.js';
import { runBin } from '../../support/bin.js';
import { connectOnce, deploy, waitForState } from '../../support/deployments.js';
import { temporarySolution } from '../../support/temporary-directories.js';
import { temporaryStack } from '../../support/temporary-stack.js';

const home = temporaryStack();
const marks = temporarySolution({});

/** Records each call by its `key`, then follows its instructions; only the first call follows `once`. */
const program = `
import os, time

def predict(key, do="answer", once=False, seconds=0, value=None):
    if do == "echo":
        return [type(value).__name__, value, 2**63 - 1]
    path = os.path.join(${JSON.stringify(marks)}, key)
    is_first = not os.path.exists(path)
    with open(path, "a") as calls:
        calls.write("call\\n")
    time.sleep(seconds)
    if once and not is_first:
        do = "answer"
    if do == "die":
        os._exit(7)
    if do == "raise":
        raise ValueError("no such label")
    if do == "flood":
        return "x" * 2_000_000
    return key
`;

const callsOf = (key: string): number =>
  existsSync(join(marks, key)) ? readFileSync(join(marks, key), 'utf8').trim().split('\n').length : 0;

async function eventuallyCalled(key: string): Promise<void> {
  for (const deadline = Date.now() + 60_000; callsOf(key) === 0; ) {
    if (Date.now() > deadline) throw new Error(`${key} was not called`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

interface Inputs {
  key: string;
  do?: 'die' | 'raise' | 'flood' | 'echo';
  once?: boolean;
  seconds?: number;
  value?: unknown;
}

async function run(inputs: Inputs | undefined, options: DurableRunOptions = {}, name = 'clerk'): Promise<Answer> {
  const { runs } = await connectOnce();
  return await runs.waitForAnswer(await runs.start(name, inputs, options));
}

beforeAll(async () => {
  await deploy({ name: 'clerk', solution: temporarySolution({ 'main.py': program }), entry: 'main:predict' });
});

test('a run is answered, and the same ID does not repeat it', async () => {
  const first = await run({ key: 'plain' }, { id: 'one' });
  expect(first).toMatchObject({ status: 'success', output: 'plain' });
  expect(await run({ key: 'plain' }, { id: 'one' })).toEqual(first);
  expect(await run(undefined, { id: 'one' })).toEqual(first);
  expect(callsOf('plain')).toBe(1);
});

test('an ID belongs to its first inputs', async () => {
  await run({ key: 'first' }, { id: 'two' });
  await expect(run({ key: 'second' }, { id: 'two' })).rejects.toMatchObject({ code: 'RUN_TAKEN' });
  expect(callsOf('second')).toBe(0);
});

test('an exception of the code is the answer and is not retried', async () => {
  expect(await run({ key: 'raising', do: 'raise' })).toMatchObject({
    status: 'error',
    error: { code: 'CALL_FAILED', message: expect.stringContaining('no such label') },
  });
  expect(callsOf('raising')).toBe(1);
});

test('a call that dies with its process is retried until the software answers', async () => {
  expect(await run({ key: 'dying', do: 'die', once: true })).toMatchObject({ status: 'success', output: 'dying' });
  expect(callsOf('dying')).toBe(2);
});

test('a run gives up when its inputs always kill the process', async () => {
  const answer = await run({ key: 'poison', do: 'die' }, { attempts: 2 });
  expect(answer).toMatchObject({ status: 'error', error: { code: 'CALL_LOST' } });
  expect(callsOf('poison')).toBe(2);
});

test('a run waits while the software is stopped', async () => {
  const client = await connectOnce();
  await waitForState('clerk', 'running');
  await client.stop('clerk');
  const started = await client.runs.start('clerk', { key: 'patient' }, {});
  expect(callsOf('patient')).toBe(0);
  await client.start('clerk');
  expect(await client.runs.waitForAnswer(started)).toMatchObject({ status: 'success', output: 'patient' });
});

test('a run is answered although worker and server die during the call', async () => {
  const answer = run({ key: 'surviving', seconds: 2 });
  await eventuallyCalled('surviving');
  for (const part of ['worker', 'server']) {
    const path = join(home.stack, `${part}.json`);
    const { process: identity } = JSON.parse(readFileSync(path, 'utf8')) as { process: ProcessIdentity };
    process.kill(identity.pid, 'SIGKILL');
    while (isSameProcess(identity)) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await ensureStack({ needsWorker: true });
  expect(await answer).toMatchObject({ status: 'success', output: 'surviving' });
});

test('an answer that is too large to record is an error', async () => {
  const answer = await run({ key: 'flooding', do: 'flood' });
  expect(answer).toMatchObject({ error: { code: 'CALL_OUTPUT', message: expect.stringContaining('--durable') } });
});

test('the command prints the answer, and prints it again for the ID alone', async () => {
  const options = { home: home.root };
  const first = await runBin(['run', 'clerk', '{"key":"shell"}', '--durable', '--id', 'cli'], options);
  expect(first).toMatchObject({ exitCode: 0, stdout: '{"status":"success","output":"shell"}' });
  expect(first.stderr).toContain('berth run clerk --durable --id cli');
  expect(await runBin(['run', 'clerk', '--durable', '--id', 'cli'], options)).toMatchObject({ stdout: first.stdout });
  expect(callsOf('shell')).toBe(1);
});

test('every digit is preserved, even in the record', async () => {
  const options = { home: home.root };
  const words = [
    'run',
    'clerk',
    '{"key":"k","do":"echo","value":[9007199254740993,1.0]}',
    '--durable',
    '--id',
    'digits',
  ];
  const stdout = '{"status":"success","output":["list",[9007199254740993,1.0],9223372036854775807]}';
  expect(await runBin(words, options)).toMatchObject({ exitCode: 0, stdout });
  expect(await runBin(['run', 'clerk', '--durable', '--id', 'digits'], options)).toMatchObject({ stdout });
  const inputs = { key: 'k', do: 'echo' as const, value: 9007199254740993n };
  expect(await run(inputs)).toEqual({ status: 'success', output: ['int', 9007199254740993n, 9223372036854775807n] });
});

test.each([
  ['{"key":"k","value":[1,1e400]}', 'inputs.value[1] is 1e400, which is larger than any floating-point number'],
  ['{"key":"k","key":"l"}', 'inputs.key is given twice'],
])('inputs that would be changed are an answer that says so: %s', async (inputs, message) => {
  const { stdout, exitCode } = await runBin(['run', 'clerk', inputs, '--durable'], { home: home.root });
  expect([JSON.parse(stdout), exitCode]).toEqual([{ status: 'error', error: { code: 'CALL_INPUT', message } }, 1]);
});

test.each([
  ['--id', ['--id', 'x']],
  ['--stream', ['--durable', '--stream']],
])('%s is refused where it makes no sense', async (option, words) => {
  const refused = await runBin(['run', 'clerk', ...words], { home: home.root });
  expect(refused).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(option) });
});

test('a run ends when its deployment is cleaned up, and none starts afterwards', async () => {
  const client = await connectOnce();
  await client.stop('clerk');
  const started = await client.runs.start('clerk', { key: 'late' }, {});
  await client.cleanup('clerk');
  expect(await client.runs.waitForAnswer(started)).toMatchObject({ status: 'error', error: { code: 'NAME_UNKNOWN' } });
  await expect(client.runs.start('clerk', { key: 'later' })).rejects.toMatchObject({ code: 'NAME_UNKNOWN' });
  expect(callsOf('late')).toBe(0);
});
