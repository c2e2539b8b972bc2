import { spawn } from 'node:child_process';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer } from '../../src/contract/answer.js';
import type { Handle, RunPlan } from '../../src/contract/handle.js';
import type { RunnerReference } from '../../src/runners/active-revision.js';
import type { Runner, RunnerClass } from '../../src/runners/runner.js';

/** What every strategy serves for the suite: module `conformance`, callable `respond`, which takes the inputs as one dict. */
export const conformanceSolution = {
  'conformance.py': `
import os, sys, time

with open(os.environ["CONFORMANCE_IMPORTS"], "a") if "CONFORMANCE_IMPORTS" in os.environ else open(os.devnull, "a") as file:
    file.write("imported\\n")

def respond(inputs):
    what = inputs["do"]
    if what == "echo":
        return inputs["value"]
    if what == "sleep":
        time.sleep(inputs["seconds"])
        return inputs["seconds"]
    if what == "raise":
        raise ValueError("no good: " + inputs["value"])
    if what == "leave":
        sys.exit(3)
    if what == "die":
        os._exit(3)
    if what == "print":
        print(inputs["value"], flush=True)
        return len(inputs["value"])
    if what == "environment":
        return os.environ.get(inputs["name"])
    if what == "not a number":
        return {"scores": [0.5, float("nan")]}
    if what == "answer":
        return {"status": "error", "error": {"code": "QUOTA", "message": "none left"}}
    if what == "pid":
        return os.getpid()
`,
};

export interface Conformance {
  name: string;
  RunnerClass: RunnerClass;
  reference: RunnerReference;
  /** A plan for `conformanceSolution` under this revision's name, its directories made. Calls may take `timeout` seconds. */
  makePlan: (revision: string, timeout: number) => Promise<RunPlan>;
  /** Kills the software as a crash would, without the runner's knowledge. */
  kill: (handle: Handle) => Promise<void>;
  /** What exists of the plan's software outside, for a person: empty when it is gone. */
  listRemains: (plan: RunPlan) => Promise<string[]>;
  /** Leaves what a start leaves that was killed half-way. */
  startHalfway: (plan: RunPlan) => Promise<void>;
  /** Ways of a framework that it has by itself, and that a strategy leaves as they are. */
  manner?: {
    /** What ends in a call is replaced by the framework, within seconds: the software is not gone, only away. */
    replacesProcesses?: boolean;
    /** NaN arrives as null. */
    writesNull?: boolean;
    /** Milliseconds that a call may wait in the framework's own queue. */
    queue?: number;
    /** A NUL character arrives as U+FFFD. */
    replacesNul?: boolean;
    /** An exit of the code ends the whole software, as a crash does. */
    endsOnExit?: boolean;
  };
}

const canary = `canary-${Math.random().toString(36).slice(2)}`;

/** The behaviour that every runner shares. */
export function conformsAsRunner(conformance: Conformance): void {
  const { name, RunnerClass, makePlan, listRemains, manner = {} } = conformance;

  describe(`${name} is a runner`, () => {
    let runner: Runner;
    let plan: RunPlan;
    let handle: Handle;

    beforeAll(async () => {
      plan = await makePlan('r1', 20);
      runner = new RunnerClass(plan);
      handle = await runner.start({ env: { CANARY: canary } });
    });

    afterAll(async () => {
      await runner.undo();
      expect(await listRemains(plan)).toEqual([]);
    });

    test('a handle is plain data that holds the plan and no variable of the software', () => {
      const text = JSON.stringify(handle);
      expect(JSON.parse(text)).toEqual(handle);
      expect(handle.plan).toEqual(plan);
      expect(text).not.toContain(canary);
    });

    test('it is healthy as soon as the start resolves', async () => {
      expect(await runner.isHealthy()).toMatchObject({ isHealthy: true, state: 'ready' });
    });

    test.each([
      ['text with ünï©ode 🚢'],
      [12.5],
      [null],
      [true],
      [[1, 'two', { three: [3] }]],
      [{ '': '"\\\n\u0000' }],
    ])('the value %j comes back as it went in', async (value) => {
      const text = JSON.stringify(value);
      const output = JSON.parse(manner.replacesNul ? text.replaceAll('\\u0000', '\ufffd') : text);
      expect(await runner.run({ do: 'echo', value })).toEqual({ status: 'success', output });
    });

    test('the software sees its variables', async () => {
      expect(await runner.run({ do: 'environment', name: 'CANARY' })).toEqual({ status: 'success', output: canary });
    });

    test('the software does not see the variables of the process that started it', async () => {
      process.env.BERTH_TEST_LEAK = 'leaked';
      const other = new RunnerClass(await makePlan('r2', 5));
      await other.start({ env: {} });
      try {
        const answer = await other.run({ do: 'environment', name: 'BERTH_TEST_LEAK' });
        expect(answer).toEqual({ status: 'success', output: null });
      } finally {
        await other.undo();
        delete process.env.BERTH_TEST_LEAK;
      }
    });

    test('an exception of the code is an error that names it', async () => {
      const error = failureOf(await runner.run({ do: 'raise', value: 'x' }));
      expect(error).toMatchObject({ code: 'CALL_FAILED', type: 'ValueError' });
      expect(error.message).toContain('no good: x');
      expect(error.traceback).toContain('conformance.py');
    });

    test('an exit of the code is an error of the call, and the software lives on', async () => {
      const error = failureOf(await runner.run({ do: 'leave' }));
      if (manner.endsOnExit) {
        expect(error.code).toBe('CALL_LOST');
        while ((await runner.isHealthy()).state !== 'gone') await sleep(50);
        handle = await runner.start({ env: { CANARY: canary } });
        await sleep(1_500); // what ended it is not run again
      } else expect(error).toMatchObject({ code: 'CALL_FAILED', type: 'SystemExit' });
      await expectHealthy(runner, manner.replacesProcesses ? 120_000 : 0);
    }, 180_000);

    test('what JSON cannot hold is refused with the path to it', async () => {
      const answer = await runner.run({ do: 'not a number' });
      if (manner.writesNull) return expect(answer).toEqual({ status: 'success', output: { scores: [0.5, null] } });
      const error = failureOf(answer);
      expect(error.code).toBe('CALL_OUTPUT');
      expect(error.message).toContain('output.scores[1] is NaN');
    });

    test('an answer of the code itself is passed on', async () => {
      const error = { code: 'QUOTA', message: 'none left' };
      expect(await runner.run({ do: 'answer' })).toEqual({ status: 'error', error });
    });

    test('a call that takes too long is answered at its deadline, and others go on', async () => {
      const started = Date.now();
      const slow = runner.run({ do: 'sleep', seconds: 3 }, { timeout: 0.3 });
      expect(await runner.run({ do: 'echo', value: 1 })).toEqual({ status: 'success', output: 1 });
      expect(failureOf(await slow).code).toBe('CALL_TIMEOUT');
      expect(Date.now() - started).toBeLessThan(1_500 + (manner.queue ?? 0));
    });

    test('a cancelled call is answered at once', async () => {
      const cancel = new AbortController();
      const started = Date.now();
      const slow = runner.run({ do: 'sleep', seconds: 3 }, { signal: cancel.signal });
      await sleep(100);
      cancel.abort();
      expect(failureOf(await slow).code).toBe('CALL_CANCELLED');
      expect(Date.now() - started).toBeLessThan(1_500);
      const late = await runner.run({ do: 'echo', value: 1 }, { signal: cancel.signal });
      expect(failureOf(late).code).toBe('CALL_CANCELLED');
    });

    test('sixteen calls run side by side, and each gets its own answer', async () => {
      const started = Date.now();
      const values = Array.from({ length: 16 }, (_, index) => 0.3 + index / 1000);
      const answers = await Promise.all(values.map((seconds) => runner.run({ do: 'sleep', seconds })));
      expect(answers.map((answer) => answer.status === 'success' && answer.output)).toEqual(values);
      expect(Date.now() - started).toBeLessThan(2_000 + (manner.queue ?? 0));
    });

    test('prints are in the log, which can be read from its end and followed', async () => {
      await runner.run({ do: 'print', value: 'first line' });
      await runner.run({ do: 'print', value: 'second line' });
      expect(await readLines(runner.logs({ tail: 1 }), 1)).toEqual(['second line']);
      const stop = new AbortController();
      const following = readLines(runner.logs({ tail: 0, follow: true, signal: stop.signal }), 1);
      const seen = following.then(() => true);
      do await runner.run({ do: 'print', value: 'third line' });
      while (!(await Promise.race([seen, sleep(250, false)]))); // what was printed before the reader was there is not its
      expect(await following).toEqual(['third line']);
      stop.abort();
    });

    test('the log does not hold the variables of the software', async () => {
      const lines = await readLines(runner.logs(), Number.POSITIVE_INFINITY);
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.join('\n')).not.toContain(canary);
    });

    test('20 MB go in and come back', async () => {
      const value = 'é'.repeat(10_000_000);
      const answer = await runner.run({ do: 'echo', value });
      expect(answer.status === 'success' && answer.output === value).toBe(true);
    });

    test('a second start takes over what is there', async () => {
      const before = await runner.run({ do: 'pid' });
      const second = new RunnerClass(plan);
      await second.start({ env: { CANARY: canary } });
      expect(await second.run({ do: 'pid' })).toEqual(before);
      await second.close();
    });

    test('another process attaches with the handle', async () => {
      const other = await runElsewhere(conformance.reference, handle, { do: 'echo', value: 'from afar' });
      expect(other).toMatchObject({ answer: { status: 'success', output: 'from afar' }, health: { isHealthy: true } });
    });
  });

  describe(`${name} survives what happens`, () => {
    const withRunner = (revision: string, body: (runner: Runner, plan: RunPlan) => Promise<void>) => async () => {
      const plan = await makePlan(revision, 10);
      const runner = new RunnerClass(plan);
      try {
        await body(runner, plan);
      } finally {
        await runner.undo();
      }
      expect(await listRemains(plan)).toEqual([]);
    };

    test(
      'two starts at once make one',
      withRunner('r3', async (runner, plan) => {
        const second = new RunnerClass(plan);
        await Promise.all([runner.start({ env: {} }), second.start({ env: {} })]);
        expect(await second.run({ do: 'pid' })).toEqual(await runner.run({ do: 'pid' }));
        await second.close();
      }),
    );

    test(
      'a start goes on from what one that was cut off left',
      withRunner('r4', async (runner, plan) => {
        await conformance.startHalfway(plan);
        await runner.start({ env: {} });
        expect(await runner.run({ do: 'echo', value: 1 })).toEqual({ status: 'success', output: 1 });
      }),
    );

    test(
      'a process that ends during a call is a lost call, is gone, and starts again',
      withRunner('r5', async (runner) => {
        await runner.start({ env: {} });
        expect(failureOf(await runner.run({ do: 'die' })).code).toBe('CALL_LOST');
        await sleep(100);
        const state = manner.replacesProcesses ? 'unresponsive' : 'gone';
        expect(await runner.isHealthy()).toMatchObject({ isHealthy: false, state });
        await runner.start({ env: {} });
        expect(await runner.run({ do: 'echo', value: 1 })).toEqual({ status: 'success', output: 1 });
      }),
    );

    test(
      'killed software is gone, not running, and starts again',
      withRunner('r6', async (runner) => {
        await conformance.kill(await runner.start({ env: {} }));
        expect(await runner.isHealthy()).toMatchObject({ isHealthy: false, state: 'gone' });
        expect(failureOf(await runner.run({ do: 'echo', value: 1 })).code).toMatch(/NOT_RUNNING|CALL_LOST/);
        await runner.start({ env: {} });
        expect(await runner.isHealthy()).toMatchObject({ state: 'ready' });
      }),
    );

    test(
      'stop resolves when it is gone, twice, and keeps the log',
      withRunner('r7', async (runner, plan) => {
        const handle = await runner.start({ env: {} });
        await runner.run({ do: 'print', value: 'kept' });
        await runner.stop();
        expect(await listRemains(plan)).toEqual([]);
        await runner.stop();
        expect((await readLines(runner.logs(), Number.POSITIVE_INFINITY)).join('\n')).toContain('kept');
        const late = new RunnerClass(plan);
        await late.attach(handle);
        expect(await late.isHealthy()).toMatchObject({ state: 'gone' });
        expect(failureOf(await late.run({ do: 'echo', value: 1 })).code).toBe('NOT_RUNNING');
        await late.close();
      }),
    );

    test(
      'undo needs the plan only, and removes a half-made start',
      withRunner('r8', async (runner, plan) => {
        await conformance.startHalfway(plan);
        await new RunnerClass(plan).undo();
        expect(await listRemains(plan)).toEqual([]);
        await runner.undo();
      }),
    );
  });
}

/** With patience: a process on its way out may answer once more, so it counts when it has been ready for a second. */
async function expectHealthy(runner: Runner, patience: number): Promise<void> {
  let ready = 0;
  for (const deadline = Date.now() + patience; ready < 5 && Date.now() < deadline; await sleep(200))
    ready = (await runner.isHealthy()).isHealthy ? ready + 1 : 0;
  expect(await runner.isHealthy()).toMatchObject({ state: 'ready' });
}

export function failureOf(answer: Answer): { code: string; message: string; type?: string; traceback?: string } {
  if (answer.status === 'error') return answer.error as ReturnType<typeof failureOf>;
  throw new Error(`the call succeeded: ${JSON.stringify(answer)}`);
}

export async function readLines(lines: AsyncIterable<string>, most: number): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines) {
    found.push(line);
    if (found.length >= most) break;
  }
  return found;
}

async function runElsewhere(reference: RunnerReference, handle: Handle, inputs: unknown): Promise<unknown> {
  const program = fileURLToPath(new URL('../support/attach-and-run.mjs', import.meta.url));
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify({ ...reference, handle, inputs }));
  return json(child.stdout);
}
