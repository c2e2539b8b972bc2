// Measures the idle cost of many deployments: CPU of worker and server, history events, `status` of one.
// `npm run build && node bench/idle.mjs [DEPLOYMENTS] [SECONDS]`; needs the Temporal CLI. Method: bench/README.md
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const [count = 200, seconds = 60] = process.argv.slice(2).map(Number);
const run = promisify(execFile);
const directory = await mkdtemp(join(tmpdir(), 'berth-bench-'));
const home = join(directory, 'home');
process.env.BERTH_HOME = home;
const { DeployedSoftware, DeploymentFactory } = await import('../dist/src/index.js');
const { Client, Connection } = await import('@temporalio/client');
const names = Array.from({ length: count }, (_, index) => `idle-${index + 1}`);
const source = join(directory, 'solution');

try {
  await mkdir(source);
  await writeFile(join(source, 'main.py'), 'def predict(text=""):\n    return text\n');
  await runBerth('up');
  await measureIdle('none');
  await deployAll();
  await sleep(10_000);
  await measureIdle(`${count}`);
  await measureStatus();
} finally {
  await runBerth('cleanup', '--all', '--yes').catch((error) => console.error(error.message));
  await runBerth('down').catch(() => undefined);
  await rm(directory, { recursive: true, force: true });
}

async function deployAll() {
  const began = performance.now();
  const waiting = names.values();
  const deploySequentially = async () => {
    for (const name of waiting)
      await (await DeploymentFactory.create('local', { name, solution: source, agent: 'none' })).close();
  };
  await Promise.all(Array.from({ length: 6 }, deploySequentially));
  console.log(`${count} deployed in ${((performance.now() - began) / 1000).toFixed(0)} s`);
}

/** Measures CPU time as the kernel counts it, and the events added to the histories. */
async function measureIdle(title) {
  const pids = { server: await pidOf('server'), worker: await pidOf('worker') };
  const before = await readCosts(pids);
  const began = performance.now();
  await sleep(seconds * 1000);
  const after = await readCosts(pids);
  const took = (performance.now() - began) / 1000;
  const share = (part) => (100 * (after[part] - before[part])) / took;
  const total = share('server') + share('worker');
  console.log(
    `idle, deployments: ${title}: server ${share('server').toFixed(1)} %, worker ${share('worker').toFixed(1)} %, together ` +
      `${total.toFixed(1)} % of one core in ${took.toFixed(0)} s (wanted for 200: 10 %); load ${loadavg()[0].toFixed(1)}`,
  );
  console.log(`  memory: server ${await memoryOf(pids.server)}, worker ${await memoryOf(pids.worker)}`);
  console.log(`  history events added: ${after.events - before.events}`);
}

async function readCosts({ server, worker }) {
  return { server: await cpuSeconds(server), worker: await cpuSeconds(worker), events: await countEvents() };
}

async function countEvents() {
  return await withClient(async (client) => {
    let events = 0;
    const query = 'WorkflowType = "deployment" AND ExecutionStatus = "Running"';
    for await (const { workflowId } of client.workflow.list({ query }))
      events += (await client.workflow.getHandle(workflowId).describe()).historyLength;
    return events;
  });
}

/** Measures the complete command and an empty Node process in turn, then the command's work in a warm process. */
async function measureStatus() {
  const times = { command: [], node: [], info: [], query: [] };
  const software = await DeployedSoftware.open(names[0]);
  await software.info();
  await withClient(async (client) => {
    const handle = client.workflow.getHandle(`deployment-${names[0]}`);
    for (let round = 0; round < 20; round += 1) {
      times.node.push(await time(() => run(process.execPath, ['-e', '0'])));
      times.command.push(await time(() => runBerth('status', names[0])));
      times.info.push(await time(() => software.info()));
      times.query.push(await time(() => handle.query('status')));
    }
  });
  await software.close();
  const figures = Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all).toFixed(0)]));
  console.log(`status of one among ${count} (wanted: 100 ms), medians of 20:`);
  console.log(`  berth status, whole command ${figures.command} ms, of which an empty Node process ${figures.node} ms`);
  console.log(
    `  software.info() of the library, new connection ${figures.info} ms; over an open connection ${figures.query} ms`,
  );
}

async function withClient(work) {
  const { port } = await readRecord('server');
  const connection = await Connection.connect({ address: `127.0.0.1:${port}` });
  try {
    return await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

async function readRecord(part) {
  return JSON.parse(await readFile(join(home, 'stack', `${part}.json`), 'utf8'));
}

async function pidOf(part) {
  return (await readRecord(part)).process.pid;
}

/** Sum of utime and stime in ticks of 10 ms. */
async function cpuSeconds(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function memoryOf(pid) {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'));
  return `${Math.round(kilobytes / 1024)} MB`;
}

async function runBerth(...argv) {
  return await run(process.execPath, ['dist/client.js', ...argv]);
}

async function time(action) {
  const began = performance.now();
  await action();
  return performance.now() - began;
}

function median(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}
