/** @needs python3 uv */
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { buildConformance, createSuite, runSuite } from '../../src/conformance/index.js';
import type { Handle, RunPlan } from '../../src/contract/handle.js';
import { StrategyRegistry } from '../../src/registry/index.js';
import type { CallOptions, Health, LogOptions, RunnerClass, StartOptions } from '../../src/runners/runner.js';
import { LocalRunner } from '../../strategies/local/runner.js';
import { temporaryDirectory, temporaryHome } from '../support/temporary-directories.js';

const home = temporaryHome();

/** Strategy without conformance settings. */
const describeLocal = async () =>
  buildConformance({
    registry: await StrategyRegistry.scan({ home, directories: [] }),
    name: 'local',
    home,
    scratch: temporaryDirectory('berth-conformance-'),
  });

/** Lists the names of the checks that a runner fails. */
async function listFailures(RunnerClass: RunnerClass, only: RegExp): Promise<string[]> {
  const local = await describeLocal();
  const plans: RunPlan[] = [];
  const makePlan: typeof local.createPlan = async (revision, timeout) => {
    const plan = await local.createPlan(revision, timeout);
    plans.push(plan);
    return plan;
  };
  const groups = createSuite({ ...local, RunnerClass, createPlan: makePlan }).map((group) => ({
    ...group,
    checks: group.checks.filter(({ name }) => only.test(name)),
  }));
  const options = { signal: new AbortController().signal, onBegin: () => {}, onResult: () => {} };
  const failed = (await runSuite(groups, options)).filter(({ outcome }) => outcome === 'failed');
  expect(failed.every(({ evidence }) => (evidence ?? '') !== '')).toBe(true);
  for (const plan of plans) await new LocalRunner(plan).undo(); // a faulty runner leaves processes
  return failed.map(({ name }) => name);
}

const faultyRunners: [string, RegExp, RunnerClass][] = [
  [
    'keeps variables in its handle',
    /^a handle is plain data/,
    class extends LocalRunner {
      override async start(options: StartOptions): Promise<Handle> {
        return { ...(await super.start(options)), env: options.env };
      }
    },
  ],
  [
    'hands out live objects',
    /^a handle is plain data/,
    class extends LocalRunner {
      override async start(options: StartOptions): Promise<Handle> {
        return { ...(await super.start(options)), since: new Date() };
      }
    },
  ],
  [
    'throws what the code raises',
    /^an exception of the code/,
    class extends LocalRunner {
      override async run(inputs: unknown, options?: CallOptions) {
        const answer = await super.run(inputs, options);
        if (answer.status === 'error') throw new Error(answer.error.message);
        return answer;
      }
    },
  ],
  [
    'ignores deadlines',
    /^a call that takes too long/,
    class extends LocalRunner {
      override run(inputs: unknown, { timeout: _, ...options }: CallOptions = {}) {
        return super.run(inputs, options);
      }
    },
  ],
  [
    'calls sequentially',
    /^sixteen calls run concurrently/,
    class extends LocalRunner {
      private last: Promise<unknown> = Promise.resolve();
      override run(inputs: unknown, options?: CallOptions) {
        const call = this.last.then(() => super.run(inputs, options));
        this.last = call;
        return call;
      }
    },
  ],
  [
    'reads a log only from its beginning',
    /^output is in the log/,
    class extends LocalRunner {
      override logs({ tail: _, ...options }: LogOptions = {}) {
        return super.logs(options);
      }
    },
  ],
  [
    'writes variables to its state directory',
    /^the variables of the software are in no command line/,
    class extends LocalRunner {
      private readonly state: string;
      constructor(plan: RunPlan) {
        super(plan);
        this.state = plan.stateDirectory;
      }
      override async start(options: StartOptions): Promise<Handle> {
        const handle = await super.start(options);
        await writeFile(join(this.state, 'variables.json'), JSON.stringify(options.env));
        return handle;
      }
    },
  ],
  [
    'listens for other machines',
    /^nothing listens for other machines/,
    class extends LocalRunner {
      private readonly server = createServer();
      override async start(options: StartOptions): Promise<Handle> {
        const handle = await super.start(options);
        await new Promise<void>((resolve) => this.server.listen(0, '0.0.0.0', resolve));
        return { ...handle, endpoint: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}` };
      }
      override async undo() {
        this.server.close();
        await super.undo();
      }
    },
  ],
  [
    'ignores resources silently',
    /^each resource is applied, refused or reported/,
    class extends LocalRunner {
      constructor(plan: RunPlan) {
        super({ ...plan, resources: {} });
      }
    },
  ],
  [
    'always reports healthy',
    /^killed software is gone/,
    class extends LocalRunner {
      override async isHealthy(): Promise<Health> {
        return { isHealthy: true, state: 'ready', detail: 'surely' };
      }
    },
  ],
  [
    'undoes only what it started itself',
    /^undo needs only the plan/,
    class extends LocalRunner {
      private isMine = false;
      override async start(options: StartOptions) {
        this.isMine = true;
        return await super.start(options);
      }
      override async undo() {
        if (this.isMine) await super.undo();
      }
    },
  ],
];

test.each(faultyRunners)('a runner that %s fails', async (_, only, RunnerClass) => {
  const failures = await listFailures(RunnerClass, only);
  expect(failures).toContainEqual(expect.stringMatching(only));
});

test('a runner that does not start fails with its reason, and its checks are skipped', async () => {
  class Broken extends LocalRunner {
    constructor(plan: RunPlan) {
      super({ ...plan, runInterface: { ...plan.runInterface, callable: 'nowhere' } });
    }
  }
  const [group] = createSuite({ ...(await describeLocal()), RunnerClass: Broken });
  const signal = new AbortController().signal;
  const results = await runSuite(group === undefined ? [] : [group], { signal, onBegin: () => {}, onResult: () => {} });
  const [first, ...others] = results;
  expect(first).toMatchObject({
    name: 'the software starts',
    outcome: 'failed',
    evidence: expect.stringContaining('nowhere'),
  });
  expect(new Set(others.map(({ outcome }) => outcome))).toEqual(new Set(['skipped']));
});

test('a check has a timeout, an interruption ends the run, and every group is torn down', async () => {
  const control = new AbortController();
  let ended = 0;
  const group = (name: string) => ({
    name,
    setUp: async () => {},
    tearDown: async () => {
      ended += 1;
    },
    checks: [
      { name: 'hangs', timeout: 0.05, run: () => new Promise<void>(() => {}) },
      { name: 'interrupts', timeout: 1, run: async () => control.abort() },
      { name: 'never runs', timeout: 1, run: async () => {} },
    ],
  });
  const reported: string[] = [];
  const results = await runSuite([group('one'), group('two')], {
    signal: control.signal,
    onBegin: () => {},
    onResult: ({ name }) => reported.push(name),
  });
  expect(results.map(({ group, outcome }) => `${group} ${outcome}`)).toEqual([
    'one failed',
    'one passed',
    'one skipped',
    'two skipped',
    'two skipped',
    'two skipped',
  ]);
  expect(results[0]?.evidence).toBe('it did not finish within 0.05 s');
  expect(reported).toHaveLength(6);
  expect(ended).toBe(2);
});
