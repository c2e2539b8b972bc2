import assert from 'node:assert/strict';
import { type Check, canary, type RunningRevision } from '../check.js';
import { callFromChild } from '../child-client.js';
import { expectEqual, expectHealthy, expectKeys, expectOutput } from '../expectations.js';

export const handleChecks: Check<RunningRevision>[] = [
  {
    name: 'a handle is plain data that contains the plan and no variable of the software',
    run: async ({ handle, plan }) => {
      const text = JSON.stringify(handle);
      const live = findNonJson(handle, 'handle');
      assert.equal(live, undefined, `${live} does not survive as JSON text`);
      expectEqual(handle.plan, plan);
      assert.ok(!text.includes(canary), 'the handle contains the value of a variable');
    },
  },
  {
    name: 'the software is healthy as soon as the start resolves',
    run: ({ runner }) => expectHealthy(runner),
  },
];

/** Checks of attaching from another process or runner. */
export const attachChecks: Check<RunningRevision>[] = [
  {
    name: 'a second start takes over the running software',
    run: async ({ runner, plan, conformance: { RunnerClass } }) => {
      const answer = await runner.run({ do: 'pid' });
      const second = new RunnerClass(plan);
      await second.start({ env: { CANARY: canary } });
      expectEqual(await second.run({ do: 'pid' }), answer);
      await second.close();
    },
  },
  {
    name: 'another process attaches with the handle',
    run: async ({ handle, conformance: { reference } }) => {
      const { answer, health } = await callFromChild(reference, handle, { do: 'echo', value: 'from afar' });
      expectOutput(answer, 'from afar');
      expectKeys(health, { isHealthy: true });
    },
  },
];

/** Returns the path of the first value that JSON would change. */
function findNonJson(value: unknown, path: string): string | undefined {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean')
    return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : path;
  if (!Array.isArray(value) && Object.prototype.toString.call(value) !== '[object Object]') return path;
  for (const [key, part] of Object.entries(value)) {
    const invalidPath = findNonJson(part, `${path}.${key}`);
    if (invalidPath !== undefined) return invalidPath;
  }
  return undefined;
}
