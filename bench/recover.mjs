// Measures the time from a killed worker until all deployments are supervised again, and checks that no software restarted.
// `npm run build && node bench/recover.mjs [DEPLOYMENTS]`; needs the Temporal CLI. Method: bench/README.md
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const [count = 50] = process.argv.slice(2).map(Number);
const rounds = 3;
const run = promisify(execFile);
const directory = await mkdtemp(join(tmpdir(), 'berth-bench-'));
const home = join(directory, 'home');
process.env.BERTH_HOME = home;
const { DeploymentFactory } = await import('../dist/src/index.js');
const { Client, Connection } = await import('@temporalio/client');
const names = Array.from({ length: count }, (_, index) => `kept-${index + 1}`);
const source = join(directory, 'solution');

try {
  await mkdir(source);
  await writeFile(join(source, 'main.py'), 'def predict(text=""):\n    return text\n');
  await runBerth('up');
  await deployAll();
  const { port } = await readRecord('server');
  const connection = await Connection.connect({ address: `127.0.0.1:${port}` });
  const client = new Client({ connection });
  await untilSupervised(client);
  const before = await readProcesses();
  const times = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    process.kill((await readRecord('worker')).process.pid, 'SIGKILL');
    await runBerth('up');
    const isUp = performance.now() - began;
    await untilSupervised(client);
    const took = performance.now() - began;
    times.push(took);
    console.log(`killed worker: another one up after ${seconds(isUp)}, all ${count} supervised after ${seconds(took)}`);
  }
  console.log(`longest ${seconds(Math.max(...times))} (wanted for 50: 15 s); load ${loadavg()[0].toFixed(1)}`);
  const after = await readProcesses();
  const restarted = names.filter((_, index) => before[index] !== after[index]);
  console.log(`restarted software: ${restarted.length} (wanted: 0)`);
  await connection.close();
} finally {
  await runBerth('cleanup', '--all', '--yes').catch((error) => console.error(error.message));
  await runBerth('down').catch(() => undefined);
  await rm(directory, { recursive: true, force: true });
}

async function deployAll() {
  const waiting = names.values();
  const deploySequentially = async () => {
    for (const name of waiting)
      await (await DeploymentFactory.create('local', { name, solution: source, agent: 'none' })).close();
  };
  await Promise.all(Array.from({ length: 6 }, deploySequentially));
}

/** Waits until supervision of each deployment runs on the current worker. */
async function untilSupervised(client) {
  const { pid } = (await readRecord('worker')).process;
  const waiting = new Set(names);
  while (waiting.size > 0) {
    for (const name of waiting) {
      const { raw } = await client.workflow.getHandle(`deployment-${name}`).describe();
      const watch = raw.pendingActivities?.find(({ activityType }) => activityType?.name === 'supervise');
      const isRunning = watch?.state === 2; // PENDING_ACTIVITY_STATE_STARTED
      if (isRunning && watch.lastWorkerIdentity?.startsWith(`${pid}@`)) waiting.delete(name);
    }
    await sleep(50);
  }
}

/** Lists the live process of each deployment. */
async function readProcesses() {
  return await Promise.all(
    names.map(async (name) => {
      const { handle } = JSON.parse(await readFile(join(home, 'deployments', name, 'handle.json'), 'utf8'));
      process.kill(handle.pid, 0);
      return `${handle.pid} of ${handle.processStartTime}`;
    }),
  );
}

async function readRecord(part) {
  return JSON.parse(await readFile(join(home, 'stack', `${part}.json`), 'utf8'));
}

async function runBerth(...argv) {
  return await run(process.execPath, ['dist/client.js', ...argv]);
}

function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
