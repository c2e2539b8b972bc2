// Measures what Berth adds to the frameworks that it runs: a warm call, a second deployment, ten concurrent ones, a
// stop. `npm run build && node bench/frameworks.mjs`; needs the Temporal CLI, uv and a container engine. Method:
// bench/README.md
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import getPort from 'get-port';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const berth = join(root, 'dist', 'client.js');
const home = await mkdtemp(join(tmpdir(), 'berth-bench-'));
process.env.BERTH_HOME = home;
const { DeployedSoftware, DeploymentFactory } = await import('../dist/src/index.js');
const run = promisify(execFile);

/** One solution for all frameworks; `command` starts Berth's result with the framework's own command. */
const solution = 'def predict(text=""):\n    return text\n';
const strategies = {
  docker: { path: '/run', wrap: (inputs) => inputs, calls: 3_000 },
  bentoml: { path: '/predict', wrap: (inputs) => inputs, calls: 1_500, ready: '/readyz', command: serveBento },
  langgraph: {
    path: '/runs/wait',
    wrap: (inputs) => ({ assistant_id: 'agent', input: { inputs } }),
    calls: 10,
    ready: '/ok',
    command: serveGraph,
  },
};
const source = join(home, 'source');
/** Number of measured second deployments for each strategy and method. */
const deployments = 10;

try {
  await mkdir(source);
  await writeFile(join(source, 'app.py'), solution);
  for (const strategy of Object.keys(strategies)) await deploy(`first-${strategy}`, strategy);
  await measureDeployments();
  await measureCalls();
  await measureConcurrentDeployments();
  await measureStops();
} finally {
  await runBerth('cleanup', '--all', '--yes').catch((error) => console.error(error.message));
  await runBerth('down');
  await rm(home, { recursive: true, force: true });
}

/**
 * Deploys the same repository under another name, with the library and with the command, and compares both to the
 * framework's own command with the same code and environment.
 */
async function measureDeployments() {
  console.log('\nSecond deployment of an unchanged repository, until it answers');
  for (const [strategy, { command }] of Object.entries(strategies)) {
    const rounds = [];
    for (let round = 0; round <= deployments; round += 1) {
      const [first, second] = ['library', 'command'].map((method) => `${method}-${round}-${strategy}`);
      const library = await time(() => create(first, strategy));
      await runBerth('cleanup', first, '--yes');
      const { published, ended } = await deployUntilPublished(second, strategy);
      await runBerth('cleanup', second, '--yes');
      const alone = command && (await startFramework(`first-${strategy}`, strategies[strategy]));
      // The first round loads modules.
      if (round > 0) rounds.push({ library, command: published, ended, alone });
    }
    console.log(`  ${strategy.padEnd(10)} ${describeDeployments(rounds)}`);
  }
}

/** Compares within each round, because a framework's start varies by more than Berth's overhead. */
function describeDeployments(rounds) {
  const middle = (measure) => seconds(median(rounds.map(measure)));
  const describe = (method) => {
    const adds = rounds[0].alone && ` (adds ${middle((round) => round[method] - round.alone)})`;
    return `${method} ${middle((round) => round[method])}${adds ?? ''}`;
  };
  const own = rounds[0].alone && `; the framework alone ${middle(({ alone }) => alone)}`;
  const wanted = own ? 'adds at most 1 s' : 'at most 2 s';
  const ended = middle(({ ended }) => ended);
  return `${describe('library')}, ${describe('command')}, which has ended after ${ended}${own ?? ''} (wanted: ${wanted})`;
}

/** Measures milliseconds from the framework's command to its readiness. */
async function startFramework(name, { command, ready }) {
  const { plan } = await readHandle(name);
  const port = await getPort();
  const { argv, env } = command(plan, port);
  const cwd = join(home, `alone-${port}`);
  await cp(plan.directory, cwd, { recursive: true, filter: (path) => !path.endsWith('.langgraph_api') });
  await chmod(cwd, 0o700);
  const began = performance.now();
  const child = spawn(plan.environment.python, argv, { cwd, env, detached: true, stdio: 'ignore' });
  const agent = new Agent();
  while ((await get(agent, `http://127.0.0.1:${port}${ready}`).catch(() => 0)) !== 200) {
    if (child.exitCode !== null) throw new Error(`${argv.join(' ')} exited with ${child.exitCode}`);
    await sleep(20);
  }
  const took = performance.now() - began;
  child.kill('SIGTERM');
  await once(child, 'exit');
  return took;
}

function serveBento(plan, port) {
  const argv = ['-m', 'bentoml', 'serve', plan.runInterface.service, '--host', '127.0.0.1', '--port', String(port)];
  const bytecode = { PYTHONPYCACHEPREFIX: join(plan.environment.path, '.bytecode') };
  const own = { BENTOML_HOME: join(home, 'bentoml'), BENTOML_DO_NOT_TRACK: 'True' };
  return { argv, env: { ...process.env, ...bytecode, ...own } };
}

function serveGraph(_plan, port) {
  const options = ['--no-browser', '--no-reload', '--allow-blocking', '--host', '127.0.0.1', '--port', String(port)];
  const argv = ['-m', 'langgraph_cli', 'dev', ...options, '--n-jobs-per-worker', '64'];
  const own = { LANGGRAPH_CLI_NO_ANALYTICS: '1', LANGGRAPH_NO_VERSION_CHECK: 'true', LANGSMITH_TRACING: 'false' };
  return { argv, env: { ...process.env, ...own } };
}

/** Alternates calls of Berth and a keep-alive client, so that other load affects both equally. */
async function measureCalls() {
  console.log('\nWarm call, one client: median through Berth, and of a keep-alive client at the same endpoint');
  for (const [strategy, { path, wrap, calls }] of Object.entries(strategies)) {
    const software = await DeployedSoftware.open(`first-${strategy}`);
    const { endpoint } = await readHandle(`first-${strategy}`);
    const agent = new Agent({ keepAlive: true });
    const peers = {
      berth: () => software.run({ text: 'hello' }),
      direct: () => post(agent, endpoint + path, wrap({ text: 'hello' })),
    };
    const samples = { berth: [], direct: [] };
    for (let round = -calls / 2; round < calls; round += 1)
      for (const [name, call] of Object.entries(peers)) {
        const took = await time(call);
        if (round >= 0) samples[name].push(took);
      }
    const [through, direct] = [median(samples.berth), median(samples.direct)];
    const figures = `${micro(through)} against ${micro(direct)}: ${(through / direct).toFixed(2)}`;
    console.log(`  ${strategy.padEnd(10)} ${figures} (wanted: at most 1.10)`);
    agent.destroy();
    await software.close();
  }
}

/** Measures deployments one after the other, then all concurrently. */
async function measureConcurrentDeployments() {
  const names = [
    'local',
    'docker',
    'bentoml',
    'langgraph',
    'local',
    'docker',
    'bentoml',
    'langgraph',
    'local',
    'docker',
  ];
  const alone = {};
  for (const strategy of new Set(names)) alone[strategy] = await time(() => deploy(`alone-${strategy}`, strategy));
  const sum = names.reduce((total, strategy) => total + alone[strategy], 0);
  const each = {};
  const all = await time(() =>
    Promise.all(
      names.map(async (strategy, index) => {
        const took = await time(() => deploy(`crowd-${index}-${strategy}`, strategy));
        each[strategy] = [...(each[strategy] ?? []), took];
      }),
    ),
  );
  console.log(`\nTen deployments at once: all up after ${seconds(all)}; one after the other ${seconds(sum)}`);
  for (const [strategy, times] of Object.entries(each))
    console.log(
      `  ${strategy.padEnd(10)} alone ${seconds(alone[strategy])}, among ten ${times.map(seconds).join(', ')}`,
    );
}

async function measureStops() {
  console.log('\n`berth stop` of healthy software, whole command');
  for (const strategy of ['docker', 'bentoml', 'langgraph']) {
    const times = [];
    for (let round = 0; round < 3; round += 1) {
      times.push(await time(() => runBerth('stop', `first-${strategy}`)));
      await runBerth('start', `first-${strategy}`);
    }
    console.log(`  ${strategy.padEnd(10)} ${seconds(median(times))}${strategy === 'docker' ? ' (wanted: 1.5 s)' : ''}`);
  }
}

async function deploy(name, strategy) {
  await runBerth('deploy', source, '--name', name, '--strategy', strategy, '--agent', 'none');
}

/** Measures milliseconds from the start of the command until its deployment is active, and until it ends. */
async function deployUntilPublished(name, strategy) {
  const began = performance.now();
  const ended = deploy(name, strategy).then(() => performance.now() - began);
  while (!existsSync(handleOf(name))) await Promise.race([sleep(5), ended.then(() => undefined)]);
  const published = performance.now() - began;
  return { published, ended: await ended };
}

async function create(name, strategy) {
  const software = await DeploymentFactory.create(strategy, { solution: source, name, agent: 'none' });
  await software.close();
}

async function readHandle(name) {
  return JSON.parse(await readFile(handleOf(name), 'utf8')).handle;
}

function handleOf(name) {
  return join(home, 'deployments', name, 'handle.json');
}

async function runBerth(...commandArguments) {
  return await run(process.execPath, [berth, ...commandArguments]);
}

function get(agent, url) {
  return new Promise((resolve, reject) => {
    const clientRequest = request(url, { agent }, (response) =>
      response.resume().on('end', () => resolve(response.statusCode)),
    );
    clientRequest.on('error', reject).end();
  });
}

function post(agent, url, inputs) {
  const body = JSON.stringify(inputs);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const clientRequest = request(url, { agent, headers, method: 'POST' }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`${response.statusCode}: ${text}`));
      });
    });
    clientRequest.on('error', reject).end(body);
  });
}

async function time(action) {
  const began = performance.now();
  await action();
  return performance.now() - began;
}

function median(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}

function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

function micro(milliseconds) {
  return `${(milliseconds * 1000).toFixed(0)} µs`;
}
