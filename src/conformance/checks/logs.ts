import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Check, canary, type RunningRevision } from '../check.js';
import { expectEqual, readLines } from '../expectations.js';

/** Milliseconds that a log may be behind the call that printed: on its way into it a line may pass a pipe, or a network. */
const logDelay = 2_000;

export const logChecks: Check<RunningRevision>[] = [
  {
    name: 'prints are in the log, which can be read from its end and followed',
    run: async ({ runner, conformance: { deviations } }) => {
      const { logsCalls = false } = deviations ?? {};
      const isPrinted = (line: string) => !logsCalls || line.endsWith(' line');
      await runner.run({ do: 'print', value: 'first line' });
      await runner.run({ do: 'print', value: 'second line' });
      const readLast = async () => {
        const last = (await readLines(runner.logs({ tail: logsCalls ? 20 : 1 }))).filter(isPrinted);
        return logsCalls ? last.slice(-1) : last;
      };
      for (const until = Date.now() + logDelay; (await readLast())[0] !== 'second line' && Date.now() < until; )
        await sleep(50);
      expectEqual(await readLast(), ['second line']);
      const stop = new AbortController();
      const following = readLines(
        filterLines(isPrinted, runner.logs({ tail: 0, follow: true, signal: stop.signal })),
        1,
      );
      const seen = following.then(() => true);
      do await runner.run({ do: 'print', value: 'third line' });
      while (!(await Promise.race([seen, sleep(250, false)]))); // what was printed before the reader was there is not its
      expectEqual(await following, ['third line']);
      stop.abort();
    },
  },
  {
    name: 'the log does not hold the variables of the software',
    run: async ({ runner }) => {
      const lines = await readLines(runner.logs());
      assert.ok(lines.length > 0, 'the log is empty');
      assert.ok(!lines.join('\n').includes(canary), 'the log holds the value of a variable');
    },
  },
];

async function* filterLines(isKept: (line: string) => boolean, lines: AsyncIterable<string>): AsyncIterable<string> {
  for await (const line of lines) if (isKept(line)) yield line;
}
