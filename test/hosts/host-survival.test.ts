/** @needs python3 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { requireFailure } from '../strategies/conformance.js';
import { type ServedHost, serve, success } from './serve.js';

/** Code for calls that a host process must answer even after its code has changed the process. */
const look = `
import time
def look(what="", seconds=0.0):
    time.sleep(seconds)
    return what
`;

/** Serves code that executes `action` when called, and checks that the host process still works as before. */
async function survives(action: string, during: 'the call' | 'the import' = 'the call'): Promise<ServedHost> {
  const body = action
    .trim()
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
  const source = `${look}
import asyncio, fcntl, gc, os, signal, socket, sys, threading
if "BERTH_TEST" in os.environ: pass
def action():
${body}
${during === 'the import' ? 'action()' : ''}
def predict(do, **more):
    if do == "action":
        action()
        return "done"
    return look(**more)
`;
  const served = await serve(source, 'predict');
  if (during === 'the call') expect(await served.call({ do: 'action' })).toEqual(success('done'));
  await expectWorking(served);
  return served;
}

async function expectWorking({ call, runner, plan }: ServedHost): Promise<void> {
  expect(await call({ do: 'look', what: 'answered' })).toEqual(success('answered'));
  expect(requireFailure(await call({ do: 'look', seconds: 2 }, 0.4)).code).toBe('CALL_TIMEOUT'); // the deadline is still enforced
  expect(await call({ do: 'look', what: 'again' }, 10)).toEqual(success('again'));
  expect(readFileSync(plan.logFile, 'utf8')).toMatch(/^berth: call \S+: the call took longer than its 0.4 s/m);
  expect(await runner.isHealthy()).toMatchObject({ isHealthy: true });
}

describe('the host survives', () => {
  test.each([
    ['a closed standard error', 'sys.stderr.close()'],
    ['closed standard streams', 'sys.stdout.close(); sys.stderr.close(); sys.stdin.close()'],
    ['streams that are replaced by None', 'sys.stdout = sys.stderr = None'],
    [
      'streams that fail',
      'class Broken:\n    def __getattr__(self, name): raise OSError(name)\nsys.stdout = sys.stderr = Broken()',
    ],
    ['a closed descriptor 1', 'os.close(1)'],
    ['a closed descriptor 2', 'os.close(2)'],
    ['closed descriptors 0 to 2', 'os.closerange(0, 3)'],
    ['closed descriptors 3 to 255', 'os.closerange(3, 256)'],
    ['another directory', 'os.chdir("/")'],
    ['a low recursion limit', 'sys.setrecursionlimit(60)'],
    ['no garbage collector', 'gc.disable()'],
    ['no exception hooks', 'sys.excepthook = threading.excepthook = None'],
    ['ignored signals', 'for n in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD): signal.signal(n, signal.SIG_IGN)'],
    ['signal handlers', 'for n in (signal.SIGTERM, signal.SIGINT): signal.signal(n, lambda *_: sys.exit(1))'],
    ['another wakeup descriptor', 'signal.set_wakeup_fd(-1)'],
    ['blocked signals', 'signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})'],
    ['a socket timeout', 'socket.setdefaulttimeout(0.01)'],
    ['a low limit of open files', 'import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (300, 300))'],
    ['a closed event loop', 'asyncio.new_event_loop().close(); asyncio.set_event_loop(None)'],
    ['exceptions in other threads', threads()],
  ])('%s', async (_, action) => {
    await survives(action);
  });

  test.each([
    ['replaced clocks and sleeps', 'time.monotonic = time.time = lambda: 0.0\nsys.modules["time"].perf_counter = None'],
    [
      'replaced sockets and selectors',
      'import select\nsocket.socket = socket.create_server = None\nselect.epoll = select.poll = select.select = None',
    ],
    [
      'replaced threads',
      'threading.Thread = threading.Lock = threading.Condition = threading.Event = None\nimport _thread\n_thread.start_new_thread = _thread.allocate_lock = None',
    ],
    ['replaced system functions', 'os.write = os.read = os.close = os.pipe = None'],
    ['removed modules', 'for name in list(sys.modules):\n    if name.startswith("berth_host"): del sys.modules[name]'],
  ])('%s at import', async (_, action) => {
    await survives(action, 'the import');
  });

  test('an alarm handler that raises after its call, and one that raises in a call', async () => {
    const source = `${look}
import signal
def ring(*_): raise TimeoutError("too late")
signal.signal(signal.SIGALRM, ring)
def predict(do, after=0.0, **more):
    if do == "alarm": signal.setitimer(signal.ITIMER_REAL, after)
    return look(**more)
`;
    const served = await serve(source, 'predict');
    await served.call({ do: 'alarm', after: 0.2 });
    await sleep(500);
    await expectWorking(served);
    expect(requireFailure(await served.call({ do: 'alarm', after: 0.2, seconds: 1 }))).toMatchObject({
      type: 'TimeoutError',
    });
    await expectWorking(served);
  });

  test('forked children: one that returns, one that exits, and one that stays without resources of the host process', async () => {
    const source = `${look}
import multiprocessing, os, sys, time
def child(): return os.getpid()
def predict(do, **more):
    if do == "come back":
        if os.fork() == 0: return "the child's"
        return os.getpid()
    if do == "exit":
        if os.fork() == 0: sys.exit(3)
        return os.getpid()
    if do == "pool":
        with multiprocessing.get_context("fork").Pool(2) as pool: return len(pool.map(len, ["a", "b", "c"]))
    if do == "stay":
        pid = os.fork()
        if pid == 0: time.sleep(30)
        return pid
    if do == "die": os._exit(3)
    return look(**more)
`;
    const served = await serve(source, 'predict');
    const own = await served.call({ do: 'exit' });
    expect(await served.call({ do: 'come back' })).toEqual(own);
    expect(await served.call({ do: 'pool' })).toEqual(success(3));
    await expectWorking(served);
    expect((await served.call({ do: 'stay' })).status).toBe('success');
    const started = Date.now();
    expect(requireFailure(await served.call({ do: 'die' }, 20)).code).toBe('CALL_LOST');
    expect(Date.now() - started).toBeLessThan(10_000);
  });
});

/** Raises in every thread except the main one, like code that stops threads. */
function threads(): string {
  return `
import ctypes
for ident in sys._current_frames():
    if ident != threading.main_thread().ident:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), ctypes.py_object(SystemExit))
`;
}

describe('a host stops', () => {
  const handlers = [
    ['with no handler', 'pass'],
    ['with a signal handler', 'signal.signal(signal.SIGTERM, lambda *_: sys.exit(5))'],
    ['with the signal ignored', 'signal.signal(signal.SIGTERM, signal.SIG_IGN)'],
    ['with a handler on the loop', 'asyncio.get_event_loop().add_signal_handler(signal.SIGTERM, print)'],
  ] as const;

  test.each(handlers)('%s: immediately when idle, and after running and waiting calls', async (_, action) => {
    const idle = await survives(action);
    const before = Date.now();
    await idle.runner.stop();
    expect(Date.now() - before).toBeLessThan(8_000);

    const busy = await survives(action);
    const running = busy.call({ do: 'look', what: 'running', seconds: 1 });
    const waiting = busy.call({ do: 'look', what: 'waiting', seconds: 0.1 });
    await sleep(300);
    await busy.runner.stop();
    expect(await running).toEqual(success('running'));
    expect(await waiting).toEqual(success('waiting'));
    expect(requireFailure(await busy.call({ do: 'look' })).code).toBe('NOT_RUNNING');
  });

  test('after its grace period: running calls are interrupted, and waiting ones never start', async () => {
    const source = `
import os, time
def predict(file, seconds):
    open(file, "a").write("begun\\n")
    try:
        until = time.monotonic() + seconds
        while time.monotonic() < until: sum(range(1000))
    finally:
        open(file, "a").write("ended\\n")
`;
    const served = await serve(source, 'predict', { timeout: 60 });
    const file = join(served.plan.stateDirectory, 'trace');
    const running = served.call({ file, seconds: 40 });
    await sleep(500);
    const waiting = served.call({ file: `${file}-2`, seconds: 0 });
    await sleep(200);
    await served.runner.stop();
    expect(requireFailure(await running).code).toBe('CALL_LOST');
    expect(requireFailure(await waiting).code).toBe('NOT_RUNNING');
    expect(readFileSync(file, 'utf8')).toBe('begun\nended\n');
  });

  test('even if the code never returns', async () => {
    const { call, runner } = await serve('import time\ndef predict(): time.sleep(60)', 'predict', { timeout: 60 });
    expect(requireFailure(await call({}, 0.5)).code).toBe('CALL_TIMEOUT');
    const before = Date.now();
    await runner.stop();
    expect(Date.now() - before).toBeLessThan(8_000); // the stop does not wait for an answered call
  });
});

test('a call that stays in the code after its end blocks others: their deadlines hold, and the health check reports it', async () => {
  const { call, runner } = await serve('import time\ndef predict(seconds=0.0): time.sleep(seconds)', 'predict');
  expect(requireFailure(await call({ seconds: 3 }, 0.3)).message).toContain('its code cannot be stopped from outside');
  const before = Date.now();
  expect(requireFailure(await call({}, 0.5)).message).toContain('was not started');
  expect(Date.now() - before).toBeLessThan(1_500);
  const { isHealthy, detail } = await runner.isHealthy();
  expect(isHealthy).toBe(true); // for such a short time
  expect(detail).toMatch(/0 calls running, 0 waiting, 1 ended call still in the code$/);
  expect(await call({}, 10)).toEqual(success(null));
  expect((await runner.isHealthy()).detail).toMatch(/0 waiting$/);
});
