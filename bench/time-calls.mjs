// Berth's side of a measurement: software in the local strategy's runner, and the times of calls to it.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalRunner } from '../dist/strategies/local/runner.js';

/** Source of a function that returns its text after it slept or computed for the requested time. */
export const echo = `
import time
def predict(text="", seconds=0.0, spin=0):
    if seconds:
        time.sleep(seconds)
    for _ in range(spin):
        sum(range(1000))
    return text
`;

/** Starts the source's `predict` and returns a function that calls it. */
export async function startBerth({ directory, name, ends, resources = {}, source = echo }) {
  const root = join(directory, name);
  const code = join(root, 'code');
  await mkdir(code, { recursive: true });
  await writeFile(join(code, 'app.py'), source);
  const runner = new LocalRunner({
    deployment: 'bench',
    revision: 'r1',
    strategy: 'local',
    directory: code,
    stateDirectory: join(root, 'state'),
    logFile: join(root, 'log'),
    environment: null,
    runInterface: { type: 'function', module: 'app', callable: 'predict' },
    resources,
    timeout: 60,
  });
  ends.push(() => runner.undo());
  await runner.start({ env: {} });
  return (inputs) => runner.run(inputs);
}

/** Measures `count` sequential calls in microseconds. */
export async function timeCalls(call, count) {
  const times = [];
  for (let n = 0; n < count; n += 1) {
    const before = performance.now();
    await call({ text: 'hello' });
    times.push((performance.now() - before) * 1000);
  }
  return times;
}

export function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

export function printRatio(what, ratio, wanted) {
  console.log(`  ${what}: ${ratio.toFixed(2)}${wanted === '' ? '' : ` (wanted: ${wanted})`}`);
}
