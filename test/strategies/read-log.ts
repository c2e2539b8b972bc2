import type { LogOptions, Runner } from '../../src/runners/runner.js';

/** Reads the runner's log; with `until`, until a line contains that text. */
export async function readLog(
  runner: Runner,
  { until, ...options }: LogOptions & { until?: string } = {},
): Promise<string[]> {
  const end = new AbortController();
  for (const deadline = Date.now() + 20_000; ; ) {
    const lines: string[] = [];
    const late = setTimeout(() => end.abort(), Math.max(deadline - Date.now(), 0));
    try {
      for await (const line of runner.logs({ ...options, signal: end.signal })) {
        lines.push(line);
        if (until !== undefined && line.includes(until) && options.follow) end.abort();
      }
    } finally {
      clearTimeout(late);
    }
    if (Date.now() > deadline) throw new Error(`the log never says “${until}”:\n${lines.join('\n')}`);
    if (until === undefined || lines.some((line) => line.includes(until))) return lines;
  }
}
