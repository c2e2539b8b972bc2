/** @needs python3 */
import { spawn } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import type { Handle, RunPlan } from '../../src/contract/handle.js';
import { BerthError } from '../../src/errors.js';
import { identifyProcess } from '../../src/processes/process-identity.js';
import { findProcessesByArguments } from '../../src/runners/host/find-processes-by-arguments.js';
import { getSocketPath } from '../../src/runners/host/host-files.js';
import { hostProgram } from '../../src/runners/host/launch-host.js';
import type { Runner } from '../../src/runners/runner.js';
import { conformance } from '../../strategies/local/conformance.js';
import { LocalRunner } from '../../strategies/local/runner.js';
import { temporaryDirectory } from '../support/temporary-directories.js';
import { conformanceSolution, requireFailure, testRunnerConformance } from './conformance.js';
import { createLocalPlan } from './local-plan.js';

const started: Runner[] = [];
afterEach(async () => {
  for (const runner of started.splice(0)) await runner.undo();
});

function makeRunner(
  files: Record<string, string>,
  changes: Partial<RunPlan> = {},
): { runner: LocalRunner; plan: RunPlan } {
  const plan = createLocalPlan(temporaryDirectory('berth-local-'), files, changes);
  const runner = new LocalRunner(plan);
  started.push(runner);
  return { runner, plan };
}

const catchError = (promise: Promise<unknown>): Promise<BerthError> =>
  promise.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: unknown) => (error instanceof BerthError ? error : Promise.reject(error)),
  );

const root = temporaryDirectory('berth-conformance-');

testRunnerConformance({
  name: 'local',
  RunnerClass: LocalRunner,
  reference: {
    module: fileURLToPath(new URL('../../strategies/local/runner.ts', import.meta.url)),
    className: 'LocalRunner',
  },
  createPlan: async (revision, timeout) =>
    createLocalPlan(join(root, revision), conformanceSolution, {
      revision,
      timeout,
      runInterface: { type: 'function', module: 'conformance', callable: 'respond', call: 'inputs' },
    }),
  kill: async (handle: Handle) => {
    process.kill(handle.pid as number, 'SIGKILL');
    await sleep(200);
  },
  listRemaining: async (plan) => [
    ...findProcessesByArguments([hostProgram, plan.stateDirectory]).map(({ pid }) => `process ${pid}`),
    ...(existsSync(getSocketPath(plan)) ? [getSocketPath(plan)] : []),
  ],
  servesPython: true,
  deviations: conformance.deviations ?? {},
  interruptStart: async (plan) => {
    // The worker was killed after the host had received its configuration: the host continues alone.
    const program = fileURLToPath(new URL('../support/crash-during-start.mjs', import.meta.url));
    const child = spawn(process.execPath, [program], { stdio: ['pipe', 'ignore', 'inherit'] });
    child.stdin.end(JSON.stringify({ plan }));
    await new Promise((resolve) => child.once('exit', resolve));
    expect(findProcessesByArguments([hostProgram, plan.stateDirectory])).toHaveLength(1);
  },
});

test('a variable of the software is not in arguments, the initial environment or files', async () => {
  const { runner, plan } = makeRunner({ 'app.py': 'import os\ndef predict(): return os.environ["SECRET"]' });
  const handle = await runner.start({ env: { SECRET: 'hunter2-canary' } });
  expect(await runner.run({})).toEqual({ status: 'success', output: 'hunter2-canary' });
  if (process.platform === 'linux')
    for (const file of ['cmdline', 'environ'])
      expect(readFileSync(`/proc/${handle.pid}/${file}`, 'utf8')).not.toContain('hunter2-canary');
  for (const file of await readdir(plan.stateDirectory))
    if (/host\.(json|lock)$/.test(file))
      expect(readFileSync(join(plan.stateDirectory, file), 'utf8')).not.toContain('hunter2');
  expect(readFileSync(plan.logFile, 'utf8')).not.toContain('hunter2');
});

test('nothing is written into the revision', async () => {
  const { runner, plan } = makeRunner({
    'app.py':
      'import helper, subprocess, sys\ndef predict(): return subprocess.call([sys.executable, "-c", "import helper"])',
    'helper.py': 'X = 1',
  });
  await runner.start({ env: {} });
  expect(await runner.run({})).toEqual({ status: 'success', output: 0 });
  expect(await readdir(plan.directory)).toEqual(['app.py', 'helper.py']);
  expect(await readdir(join(plan.stateDirectory, 'pycache'))).not.toEqual([]);
});

test('an import that fails is IMPORT_FAILED with the user’s traceback, and leaves nothing running', async () => {
  const { runner, plan } = makeRunner({ 'app.py': 'import helper', 'helper.py': 'import no_such_library' });
  const error = await catchError(runner.start({ env: {} }));
  expect(error.code).toBe('IMPORT_FAILED');
  expect(error.message).toBe("importing app failed: ModuleNotFoundError: No module named 'no_such_library'");
  expect(error.details.evidence).toMatch(/^Traceback[^\n]*\n {2}File "app.py", line 1/);
  expect(error.details.evidence).not.toContain('berth_host');
  expect(findProcessesByArguments([hostProgram, plan.stateDirectory])).toEqual([]);
});

test.each([
  ['a syntax error', 'def predict(:\n  pass', 'IMPORT_FAILED', 'SyntaxError'],
  ['an exit while importing', 'import sys\nsys.exit(4)', 'IMPORT_FAILED', 'asked to exit (4)'],
  [
    'the end of the process',
    'import os\nprint("last words", flush=True)\nos._exit(7)',
    'START_FAILED',
    'exited with code 7',
  ],
  ['a missing callable', 'def other(): pass', 'START_FAILED', 'has no predict; it has: other'],
])('the error of a start names its cause: %s', async (_, source, code, words) => {
  const { runner } = makeRunner({ 'app.py': source });
  const error = await catchError(runner.start({ env: {} }));
  expect(error.code).toBe(code);
  expect(error.message).toContain(words);
  if (source.includes('last words')) expect(error.details.evidence).toContain('last words');
});

test('a setup that fails is START_FAILED with its traceback', async () => {
  const source = 'class Model:\n  def setup(self): raise RuntimeError("no weights")\n  def predict(self, x): return x';
  const { runner } = makeRunner(
    { 'app.py': source },
    { runInterface: { type: 'function', module: 'app', callable: 'Model' } },
  );
  const error = await catchError(runner.start({ env: {} }));
  expect(error).toMatchObject({ code: 'START_FAILED', message: 'the start failed: RuntimeError: no weights' });
  expect(error.details.evidence).toContain('File "app.py", line 2, in setup');
});

test('a missing Python is TOOL_MISSING', async () => {
  const environment = {
    digest: '',
    path: '',
    python: '/nowhere/python',
    pythonVersion: '',
    packageDirectory: null,
    notes: [],
  };
  const { runner } = makeRunner({ 'app.py': '' }, { environment });
  expect(await catchError(runner.start({ env: {} }))).toMatchObject({ code: 'TOOL_MISSING' });
});

test('an aborted start leaves nothing running', async () => {
  const { runner, plan } = makeRunner({ 'app.py': 'import time\ntime.sleep(60)' });
  const abort = new AbortController();
  const starting = runner.start({ env: {}, signal: abort.signal });
  setTimeout(() => abort.abort(new BerthError('INTERRUPTED', 'enough')), 300);
  expect(await catchError(starting)).toMatchObject({ code: 'INTERRUPTED' });
  expect(findProcessesByArguments([hostProgram, plan.stateDirectory])).toEqual([]);
});

test('an unresponsive host is replaced', async () => {
  const { runner } = makeRunner({ 'app.py': 'import os\ndef predict(): return os.getpid()' });
  const { pid } = await runner.start({ env: {} });
  process.kill(pid as number, 'SIGSTOP');
  expect(await runner.isHealthy()).toMatchObject({ isHealthy: false, state: 'unresponsive' });
  expect(requireFailure(await runner.run({}, { timeout: 0.1 })).code).toBe('CALL_TIMEOUT');
  await runner.start({ env: {} });
  const answer = await runner.run({});
  expect(answer.status === 'success' && answer.output !== pid).toBe(true);
});

test('another process that has the recorded pid by now is not killed', async () => {
  const { runner, plan } = makeRunner({ 'app.py': 'def predict(): return 1' });
  const stranger = spawn('sleep', ['30'], { detached: true });
  try {
    mkdirSync(plan.stateDirectory, { recursive: true });
    const record = { pid: stranger.pid, startedAt: 'another life', token: 'x', socket: getSocketPath(plan) };
    writeFileSync(join(plan.stateDirectory, 'host.json'), JSON.stringify(record));
    await runner.start({ env: {} });
    expect(await runner.run({})).toEqual({ status: 'success', output: 1 });
    expect(stranger.exitCode).toBeNull();
    expect(stranger.signalCode).toBeNull();
  } finally {
    stranger.kill('SIGKILL');
  }
});

test('stopping kills the software’s children, too, and lets a running call finish', async () => {
  const source = `import subprocess, time
child = subprocess.Popen(["sleep", "60"])
def predict(seconds=0):
    time.sleep(seconds)
    return child.pid`;
  const { runner } = makeRunner({ 'app.py': source });
  await runner.start({ env: {} });
  const running = runner.run({ seconds: 0.5 });
  await sleep(100);
  await runner.stop();
  const answer = await running;
  expect(answer.status).toBe('success');
  if (answer.status === 'success') expect(identifyProcess(answer.output as number)).toBeNull();
});

test('an idle host stops immediately, without waiting for the grace period', async () => {
  const { runner } = makeRunner({ 'app.py': 'def predict(): return 1' });
  await runner.start({ env: {} });
  await runner.run({});
  const before = Date.now();
  await runner.stop();
  expect(Date.now() - before).toBeLessThan(8_000);
});

test('the process that started a host knows how it ended', async () => {
  const { runner } = makeRunner({ 'app.py': 'import os\ndef predict(): os._exit(5)' });
  await runner.start({ env: {} });
  expect(requireFailure(await runner.run({})).code).toBe('CALL_LOST');
  while ((await runner.isHealthy()).state !== 'gone') await sleep(10);
  expect((await runner.isHealthy()).detail).toMatch(/exited with code 5 after [\d.]+ s/);
});

test('an interpreter that ends immediately fails the start', async () => {
  const { plan } = makeRunner({ 'app.py': 'def predict(): return 1' });
  const python = join(plan.directory, 'python');
  writeFileSync(python, '#!/bin/sh\nexit 7\n', { mode: 0o755 });
  const environment = { digest: '', python, packageDirectory: null, packages: 0, notes: [] } as never; // the fields that are read
  const broken = new LocalRunner({ ...plan, environment });
  for (let time = 0; time < 5; time += 1) {
    const error = await catchError(broken.start({ env: {} }));
    expect(error).toMatchObject({ code: 'START_FAILED', message: expect.stringContaining('exited with code 7') });
  }
});

test('only this user may connect', async () => {
  const { runner, plan } = makeRunner({ 'app.py': 'def predict(): return 1' });
  await runner.start({ env: {} });
  const { statSync } = await import('node:fs');
  expect(statSync(getSocketPath(plan)).mode & 0o777).toBe(0o600);
});

test('a state directory with a long path gets a short socket, which undo removes', async () => {
  const long = join(temporaryDirectory('berth-long-'), 'x'.repeat(120));
  const plan = createLocalPlan(long, { 'app.py': 'def predict(): return 1' });
  const runner = new LocalRunner(plan);
  started.push(runner);
  const { endpoint } = await runner.start({ env: {} });
  expect((endpoint as string).length).toBeLessThan(100);
  expect(await runner.run({})).toEqual({ status: 'success', output: 1 });
  await runner.undo();
  expect(existsSync(endpoint as string)).toBe(false);
});

test('resources without a bound are reported', async () => {
  const lines: string[] = [];
  const { runner, plan } = makeRunner({ 'app.py': 'def predict(): return 1' }, { resources: { cpu: 2, gpu: 'T4' } });
  await runner.start({ env: {}, onProgress: (line) => lines.push(line) });
  expect(lines).toEqual(['the local strategy sets no bound for cpu, gpu: the software sees the whole machine']);
  expect(readFileSync(plan.logFile, 'utf8').split('\n')[0]).toBe(`berth: ${lines[0]}`);
});

const onLinux = process.platform === 'linux' ? test : test.skip;
onLinux('memory beyond its bound is a MemoryError of the call', async () => {
  const source = 'def predict(megabytes): return len(bytearray(megabytes * 2**20))';
  const { runner } = makeRunner({ 'app.py': source }, { resources: { memory: '512Mi' } });
  await runner.start({ env: {} });
  expect(await runner.run({ megabytes: 10 })).toMatchObject({ status: 'success' });
  expect(requireFailure(await runner.run({ megabytes: 1000 })).type).toBe('MemoryError');
});

test('concurrency limits concurrent calls', async () => {
  const source = `import threading, time
at_once = most = 0
def predict():
    global at_once, most
    at_once += 1
    most = max(most, at_once)
    time.sleep(0.05)
    at_once -= 1
    return most`;
  const { runner } = makeRunner({ 'app.py': source }, { resources: { concurrency: 2 } });
  await runner.start({ env: {} });
  const answers = await Promise.all(Array.from({ length: 6 }, () => runner.run({})));
  expect(Math.max(...answers.map((answer) => (answer.status === 'success' ? (answer.output as number) : 99)))).toBe(2);
});

test('a client that closes its connection during a request does not affect others', async () => {
  const { runner, plan } = makeRunner({ 'app.py': 'def predict(): return 1' });
  await runner.start({ env: {} });
  const socket = connect(getSocketPath(plan));
  socket.end(Buffer.from([0, 0, 1, 0, 123]));
  await new Promise((resolve) => socket.once('close', resolve));
  expect(await runner.run({})).toEqual({ status: 'success', output: 1 });
});

test('text is passed on without parsing, and text that is not JSON is refused', async () => {
  const { runner } = makeRunner({ 'app.py': 'def predict(n): return n' });
  await runner.start({ env: {} });
  expect(await runner.runText('{"n": 12345678901234567890123}')).toBe(
    '{"status":"success","output":12345678901234567890123}',
  );
  expect(JSON.parse(await runner.runText('{"n": 1'))).toMatchObject({ status: 'error', error: { code: 'CALL_INPUT' } });
});

test('a revision below a symbolic link is imported like any other', async () => {
  const { runner, plan } = makeRunner({ 'app.py': 'import os\ndef predict(): return os.path.basename(os.getcwd())' });
  const link = `${plan.directory}-link`;
  symlinkSync(plan.directory, link);
  const linked = new LocalRunner({ ...plan, directory: link });
  await linked.start({ env: {} });
  expect(await linked.run({})).toEqual({ status: 'success', output: 'code' });
  await linked.close();
  rmSync(link);
  await runner.undo();
});

test('each start has its own empty temporary directory, short enough for sockets, which the undo removes', async () => {
  const source = 'import tempfile\ndef predict(): return [tempfile.gettempdir(), tempfile.mkdtemp()]';
  const home = join(temporaryDirectory('berth-long-'), 'x'.repeat(80));
  mkdirSync(home);
  const plan = createLocalPlan(home, { 'app.py': source });
  for (const _ of ['first', 'second']) {
    const runner = new LocalRunner(plan);
    started.push(runner);
    await runner.start({ env: {} });
    const answer = await runner.run({});
    const [directory, file] = answer.status === 'success' ? (answer.output as [string, string]) : [];
    expect(directory?.length).toBeLessThan(61);
    expect(await readdir(join(plan.stateDirectory, 'tmp'))).toEqual([file?.slice((directory?.length ?? 0) + 1)]);
    await runner.undo();
    expect(lstatSync(directory ?? '', { throwIfNoEntry: false })).toBeUndefined();
  }
});
