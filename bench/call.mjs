// Compares calls in one run: Berth's local strategy, a bare unix-socket echo, FastAPI under uvicorn, BentoML.
// `npm run build && node bench/call.mjs`; needs uv, for the environments of the peers. Method: bench/README.md
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBareProcesses, startBentoml, startFastapi } from './peers.mjs';
import { echo, median, printRatio, startBerth, timeCalls } from './time-calls.mjs';

const asynchronous = `
import asyncio
async def predict(text="", seconds=0.0):
    if seconds:
        await asyncio.sleep(seconds)
    return text
`;
const seconds = 4;

measureLatency();

const directory = await mkdtemp(join(tmpdir(), 'berth-bench-'));
const ends = [() => rm(directory, { recursive: true, force: true })];
const start = (name, resources, source = echo) => startBerth({ directory, name, ends, resources, source });
try {
  const berth = await start('one', {});
  const threads = await start('threads', { concurrency: 32 });
  const coroutines = await start('coroutines', {}, asynchronous);
  const pair = await start('pair', { replicas: 2 });
  const fastapi = await startFastapi(directory, ends);
  const bentoml = await startBentoml(directory, ends);
  await compareThroughput({ berth, fastapi, bentoml });
  await measureSleepers({ threads, coroutines });
  await measureIndependence(threads);
  await compareReplicas(berth, pair);
  await compareText(berth);
} finally {
  for (const end of ends.reverse()) await end();
}

/** Measures twice: with client and servers on one processor, and as scheduled. */
function measureLatency() {
  const latency = [process.execPath, fileURLToPath(new URL('latency.mjs', import.meta.url))];
  const pin = ['taskset', '--cpu-list', '0'];
  const canPin = spawnSync(pin[0], [...pin.slice(1), 'true']).status === 0;
  for (const [where, argv] of [
    ['all on one processor', canPin ? [...pin, ...latency] : undefined],
    ['placed by the scheduler', latency],
  ]) {
    console.log(`\nOne client, median of a warm call, ${where}`);
    if (argv === undefined) console.log('  skipped: taskset is not on the PATH');
    else if (spawnSync(argv[0], argv.slice(1), { stdio: 'inherit' }).status !== 0) process.exit(1);
  }
}

async function compareThroughput({ berth, fastapi, bentoml }) {
  console.log('\nEight clients, calls per second');
  const rates = {};
  for (const [name, call] of Object.entries({ berth, fastapi, bentoml })) {
    rates[name] = await countCalls(call, 8);
    console.log(`  ${name.padEnd(8)} ${rates[name].toFixed(0).padStart(6)}`);
  }
  printRatio('berth / FastAPI', rates.berth / rates.fastapi, 'at least 10');
  printRatio('berth / BentoML', rates.berth / rates.bentoml, '');
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

/** Measures eight callers of code that computes, alternating so that other load affects all equally. */
async function compareReplicas(one, pair) {
  const computeAll = async (call) => {
    const before = performance.now();
    await Promise.all(Array.from({ length: 8 }, () => call({ spin: 6_000 })));
    return performance.now() - before;
  };
  const bare = startBareProcesses(ends);
  const times = { one: [], pair: [], bareOne: [], barePair: [] };
  for (let n = 0; n < 5; n += 1) {
    times.one.push(await computeAll(one));
    times.pair.push(await computeAll(pair));
    times.bareOne.push(await bare([48_000]));
    times.barePair.push(await bare([24_000, 24_000]));
  }
  const [alone, together, bareAlone, bareTogether] = Object.values(times).map(median);
  console.log(`\nEight calls that compute: one process ${alone.toFixed(0)} ms, two ${together.toFixed(0)} ms`);
  printRatio('one / two', alone / together, 'about 2 on two cores');
  printRatio('the same work in bare processes, without calls', bareAlone / bareTogether, '');
}

async function measureIndependence(berth) {
  const alone = median(await timeCalls(berth, 500));
  const slow = berth({ seconds: 2 });
  const duringSleep = median(await timeCalls(berth, 500));
  await slow;
  console.log(`During a call that sleeps 2 s: ${duringSleep.toFixed(0)} µs, alone ${alone.toFixed(0)} µs`);
}

/** Measures a round trip of 1 MB of text against JSON.stringify and JSON.parse of inputs and answer in one process. */
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
  const [viaBerth, local] = [median(times.berth), median(times.inProcess)];
  console.log(`\n1 MB of text: ${viaBerth.toFixed(2)} ms, JSON in process ${local.toFixed(2)} ms`);
  printRatio('berth / in process', viaBerth / local, 'at most 2');
}
