// A warm call, side by side in one run: Berth's local strategy, a bare unix-socket echo, FastAPI under uvicorn, BentoML.
// `npm run build && node bench/call.mjs`; needs uv (the peers go into an environment of their own). Method: bench/README.md
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalRunner } from '../dist/strategies/local/runner.js';
import { startBentoml, startEcho, startFastapi } from './peers.mjs';

const solution = `
import time
def predict(text="", seconds=0.0, spin=0):
    if seconds:
        time.sleep(seconds)
    for _ in range(spin):
        sum(range(1000))
    return text
`;
const asynchronous = `
import asyncio
async def predict(text="", seconds=0.0):
    if seconds:
        await asyncio.sleep(seconds)
    return text
`;
const warmUp = 500;
const seconds = 4;
const rounds = 3;

const directory = await mkdtemp(join(tmpdir(), 'berth-bench-'));
const ends = [() => rm(directory, { recursive: true, force: true })];
try {
  const berth = await startBerth('one', {});
  const threads = await startBerth('threads', { concurrency: 32 });
  const coroutines = await startBerth('coroutines', {}, asynchronous);
  const pair = await startBerth('pair', { replicas: 2 });
  const echo = await startEcho(directory, ends);
  const peers = {
    berth,
    echo,
    fastapi: await startFastapi(directory, ends),
    bentoml: await startBentoml(directory, ends),
  };
  await compareLatency(peers);
  await compareThroughput(peers);
  await measureSleepers({ threads, coroutines });
  await measureIndependence(threads);
  await compareReplicas(berth, pair);
  await compareText(berth);
} finally {
  for (const end of ends.reverse()) await end();
}

async function startBerth(name, resources, source = solution) {
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

/** The peers take turns, so that what else the machine does meets all of them. */
async function compareLatency(peers) {
  const samples = Object.fromEntries(Object.keys(peers).map((name) => [name, []]));
  for (const call of Object.values(peers)) for (let n = 0; n < warmUp; n += 1) await call({ text: 'hello' });
  for (let round = 0; round < rounds; round += 1)
    for (const [name, call] of Object.entries(peers)) samples[name].push(...(await timeCalls(call, 2_000)));
  const medians = Object.fromEntries(Object.entries(samples).map(([name, times]) => [name, median(times)]));
  console.log('\nOne client, median of a warm call');
  for (const [name, value] of Object.entries(medians))
    console.log(`  ${name.padEnd(8)} ${value.toFixed(0).padStart(6)} µs`);
  say('berth / bare echo', medians.berth / medians.echo, 'at most 2.5');
  say('FastAPI / berth', medians.fastapi / medians.berth, 'at least 6');
  say('BentoML / berth', medians.bentoml / medians.berth, 'at least 12');
}

async function timeCalls(call, count) {
  const times = [];
  for (let n = 0; n < count; n += 1) {
    const before = performance.now();
    await call({ text: 'hello' });
    times.push((performance.now() - before) * 1000);
  }
  return times;
}

async function compareThroughput({ berth, fastapi, bentoml }) {
  console.log('\nEight clients, calls per second');
  const rates = {};
  for (const [name, call] of Object.entries({ berth, fastapi, bentoml })) {
    rates[name] = await countCalls(call, 8);
    console.log(`  ${name.padEnd(8)} ${rates[name].toFixed(0).padStart(6)}`);
  }
  say('berth / FastAPI', rates.berth / rates.fastapi, 'at least 10');
  say('berth / BentoML', rates.berth / rates.bentoml, '');
}

async function countCalls(call, clients) {
  const end = performance.now() + seconds * 1000;
  let count = 0;
  const client = async () => {
    while (performance.now() < end) {
      await call({ text: 'hello' });
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return count / seconds;
}

async function measureSleepers(calls) {
  console.log('\n32 callers of a 20 ms sleep, all served (wanted: 22 ms)');
  for (const [name, call] of Object.entries(calls)) {
    const sleepAll = () => Promise.all(Array.from({ length: 32 }, () => call({ seconds: 0.02 })));
    await sleepAll();
    const times = [];
    for (let n = 0; n < 15; n += 1) {
      const before = performance.now();
      await sleepAll();
      times.push(performance.now() - before);
    }
    console.log(`  ${name.padEnd(10)} ${median(times).toFixed(1)} ms, at best ${Math.min(...times).toFixed(1)} ms`);
  }
}

/** Code that computes, eight callers; in turn, so that what else the machine does meets both. */
async function compareReplicas(one, pair) {
  const computeAll = async (call) => {
    const before = performance.now();
    await Promise.all(Array.from({ length: 8 }, () => call({ spin: 1_500 })));
    return performance.now() - before;
  };
  const times = { one: [], pair: [] };
  for (let n = 0; n < 5; n += 1) {
    times.one.push(await computeAll(one));
    times.pair.push(await computeAll(pair));
  }
  const [alone, together] = [median(times.one), median(times.pair)];
  console.log(`\nEight calls that compute: one process ${alone.toFixed(0)} ms, two ${together.toFixed(0)} ms`);
  say('one / two', alone / together, 'about 2 on two cores');
}

async function measureIndependence(berth) {
  const alone = median(await timeCalls(berth, 500));
  const slow = berth({ seconds: 2 });
  const beside = median(await timeCalls(berth, 500));
  await slow;
  console.log(`Beside a call that sleeps 2 s: ${beside.toFixed(0)} µs, alone ${alone.toFixed(0)} µs`);
}

/** 1 MB of text there and back; in process: JSON.stringify and JSON.parse of the inputs and of the answer. */
async function compareText(berth) {
  const text = 'The quick brown fox said: "jump"\n'.repeat(31_000).slice(0, 1_000_000);
  const inProcess = async (inputs) =>
    JSON.parse(JSON.stringify({ status: 'success', output: JSON.parse(JSON.stringify(inputs)).text }));
  const times = {};
  for (const [name, call] of Object.entries({ berth, inProcess })) {
    for (let n = 0; n < 10; n += 1) await call({ text });
    times[name] = [];
  }
  for (let n = 0; n < 60; n += 1)
    for (const [name, call] of Object.entries({ berth, inProcess })) {
      const before = performance.now();
      await call({ text });
      times[name].push(performance.now() - before);
    }
  const [there, here] = [median(times.berth), median(times.inProcess)];
  console.log(`\n1 MB of text: ${there.toFixed(2)} ms, JSON in process ${here.toFixed(2)} ms`);
  say('berth / in process', there / here, 'at most 2');
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function say(what, ratio, wanted) {
  console.log(`  ${what}: ${ratio.toFixed(2)}${wanted === '' ? '' : ` (wanted: ${wanted})`}`);
}
