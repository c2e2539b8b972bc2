// Measures a cleanup while a coding agent works, from the signal to "cleaned": one agent obeys signals, one ignores
// them. `npm run build && node bench/cleanup.mjs [ROUNDS]`; needs the Temporal CLI. Method: bench/README.md
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const [rounds = 20] = process.argv.slice(2).map(Number);
const run = promisify(execFile);
const directory = await mkdtemp(join(tmpdir(), 'berth-bench-'));
const home = join(directory, 'home');
const source = join(directory, 'solution');
process.env.BERTH_HOME = home;
const { Client, Connection } = await import('@temporalio/client');

/** Each agent has a child and a grandchild in its process group, and one in its own session. */
const agents = {
  obedient: { trap: '', wanted: 2 },
  stubborn: { trap: "trap '' INT TERM HUP; ", wanted: 8 },
};

try {
  await mkdir(source);
  await mkdir(home);
  await writeFile(join(source, 'greeter.py'), 'class Greeter:\n    def __init__(self, words):\n        pass\n');
  await writeAgents();
  await run(process.execPath, ['dist/client.js', 'up']);
  const { port } = JSON.parse(await readFile(join(home, 'stack', 'server.json'), 'utf8'));
  const connection = await Connection.connect({ address: `127.0.0.1:${port}` });
  const client = new Client({ connection });
  for (const name of Object.keys(agents)) await measure(client, name);
  await connection.close();
} finally {
  await run(process.execPath, ['dist/client.js', 'cleanup', '--all', '--yes']).catch((error) => console.error(error));
  await run(process.execPath, ['dist/client.js', 'down']).catch(() => undefined);
  await rm(directory, { recursive: true, force: true });
}

async function writeAgents() {
  const lines = ['agents:'];
  for (const [name, { trap }] of Object.entries(agents)) {
    const program = join(directory, name);
    const leaf = `${trap}while :; do sleep 1; done`;
    const script = [
      '#!/bin/sh',
      trap,
      `setsid sh -c '${quote(leaf)}' &`,
      `sh -c '${quote(`${trap}sh -c "while :; do sleep 1; done" & wait`)}' &`,
      'while :; do sleep 1; done',
    ];
    await writeFile(program, `${script.join('\n')}\n`);
    await chmod(program, 0o755);
    lines.push(`  ${name}:`, `    argv: [${JSON.stringify(program)}, "{prompt_file}"]`);
  }
  await writeFile(join(home, 'config.yaml'), `${lines.join('\n')}\n`);
}

/** Waits until the agent and its descendants run. */
async function waitUntilWorking(name) {
  for (const until = Date.now() + 30_000; (await listAgents()).length < 5; await sleep(20))
    if (Date.now() > until) throw new Error(`the agent of ${name} is not at work`);
}

function quote(text) {
  return text.replaceAll("'", "'\\''");
}

async function measure(client, agent) {
  const times = [];
  let left = 0;
  for (let round = 0; round < rounds; round += 1) {
    const name = `${agent}-${round}`;
    const deployArguments = ['deploy', source, '--name', name, '--agent', agent, '--strategy', 'local', '--no-wait'];
    await run(process.execPath, ['dist/client.js', ...deployArguments]);
    await waitUntilWorking(name);
    await sleep(500 + Math.random() * 3000);
    const handle = client.workflow.getHandle(`deployment-${name}`);
    const began = performance.now();
    await handle.signal('cleanup', 'the bench');
    const { state } = await handle.result();
    times.push((performance.now() - began) / 1000);
    if (state !== 'cleaned') throw new Error(`${name} ended as ${state}`);
    left += (await listAgents()).length;
  }
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)].toFixed(2);
  const { wanted } = agents[agent];
  console.log(
    `${agent}: signal to cleaned, ${rounds} times: median ${at(0.5)} s, p95 ${at(0.95)} s, longest ${at(1)} s ` +
      `(wanted: p95 ${wanted} s); its processes left: ${left}; load ${loadavg()[0].toFixed(1)}`,
  );
}

/** Lists processes with a working directory in a deployment; while nothing else runs, they are the agent's. */
async function listAgents() {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const found = await Promise.all(
    pids.map(async (pid) => (await readlink(`/proc/${pid}/cwd`).catch(() => '')).startsWith(join(home, 'deployments'))),
  );
  return pids.filter((_, index) => found[index]);
}
