import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Check, canary, type RunningRevision } from '../check.js';
import { expectEqual, readLines } from '../expectations.js';

/** Milliseconds after a call until its output is in the log. A line may pass a pipe or a network. */
const logDelay = 2_000;

export const logChecks: Check<RunningRevision>[] = [
  {
    name: 'output is in the log, which can be read from its end and followed',
    run: async ({ runner, conformance: { deviations } }) => {
      const { logsCalls = false } = deviations ?? {};
      const isPrinted = (line: string) => !logsCalls || line.endsWith(' line');
      await runner.run({ do: 'print', value: 'first line' });
      await runner.run({ do: 'print', value: 'second line' });
      const readLast = async () => {
        const last = (await readLines(runner.logs({ tail: logsCalls ? 20 : 1 }))).filter(isPrinted);
        return logsCalls ? last.slice(-1) : last;
      };
      for (const deadline = Date.now() + logDelay; (await readLast())[0] !== 'second line' && Date.now() < deadline; )
        await sleep(50);
      expectEqual(await readLast(), ['second line']);
      const stop = new AbortController();
      const following = readLines(
        filterLines(isPrinted, runner.logs({ tail: 0, follow: true, signal: stop.signal })),
        1,
      );
      const seen = following.then(() => true);
      do await runner.run({ do: 'print', value: 'third line' });
      while (!(await Promise.race([seen, sleep(250, false)]))); // the reader misses output from before it started
      expectEqual(await following, ['third line']);
      stop.abort();
    },
  },
  {
    name: 'the log does not contain the variables of the software',
    run: async ({ runner }) => {
      const lines = await readLines(runner.logs());
      assert.ok(lines.length > 0, 'the log is empty');
      assert.ok(!lines.join('\n').includes(canary), 'the log contains the value of a variable');
    },
  },
];

async function* filterLines(matches: (line: string) => boolean, lines: AsyncIterable<string>): AsyncIterable<string> {
  for await (const line of lines) if (matches(line)) yield line;
}
