// Measures redeploys under load: eight clients in a closed loop during twenty redeploys.
// `npm run build && node bench/redeploy.mjs`; method: bench/README.md
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const redeploys = 20;
const clients = 8;
const run = promisify(execFile);
const berth = (...argv) => run(process.execPath, ['dist/client.js', ...argv]);

const directory = await mkdtemp(join(tmpdir(), 'berth-bench-'));
process.env.BERTH_HOME = join(directory, 'home');
const source = join(directory, 'solution');
try {
  await writeVersion(0);
  await berth('deploy', source, '--name', 'bench', '--bake', '0');
  const { DeployedSoftware } = await import('../dist/src/index.js');
  const before = await load(DeployedSoftware, () => new Promise((resolve) => setTimeout(resolve, 20_000)));
  const times = [];
  const during = await load(DeployedSoftware, async () => {
    for (let version = 1; version <= redeploys; version += 1) {
      await writeVersion(version);
      const start = performance.now();
      await berth('redeploy', 'bench');
      times.push(performance.now() - start);
    }
  });
  const { total, failed, foreign, longest } = during;
  console.log(
    `${redeploys} redeploys under ${clients} clients: ${total} calls, ${failed} failed, ${foreign} of no version`,
  );
  console.log(`longest pause of a client: ${longest.toFixed(1)} ms; without redeploys ${before.longest.toFixed(1)} ms`);
  console.log(`one redeploy as a whole command, median: ${median(times).toFixed(0)} ms`);
  const back = performance.now();
  await berth('rollback', 'bench');
  console.log(`one rollback as a whole command: ${(performance.now() - back).toFixed(0)} ms`);
} finally {
  await berth('cleanup', 'bench', '--yes').catch(() => undefined);
  await berth('down').catch(() => undefined);
  await rm(directory, { recursive: true, force: true });
}

async function writeVersion(version) {
  const { mkdir } = await import('node:fs/promises');
  await mkdir(source, { recursive: true });
  await writeFile(join(source, 'main.py'), `def predict():\n    return ${version}\n`);
}

/** Calls while `work` runs. Returns the number of calls and failures, and the longest time between two answers of a client. */
async function load(DeployedSoftware, work) {
  const found = { total: 0, failed: 0, foreign: 0, longest: 0 };
  const software = await DeployedSoftware.open('bench');
  let isOver = false;
  const loops = Array.from({ length: clients }, async () => {
    for (let last = performance.now(); !isOver; ) {
      const answer = await software.run({});
      const now = performance.now();
      found.longest = Math.max(found.longest, now - last);
      last = now;
      found.total += 1;
      if (answer.status !== 'success') found.failed += 1;
      else if (!(Number.isInteger(answer.output) && answer.output >= 0 && answer.output <= redeploys))
        found.foreign += 1;
    }
  });
  await work();
  isOver = true;
  await Promise.all(loops);
  await software.close();
  return found;
}

function median(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}
