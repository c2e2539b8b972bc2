// Measures a warm call of one client: Berth's local strategy and its peers in turn. call.mjs starts it and selects the processors.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBentoml, startEcho, startFastapi } from './peers.mjs';
import { median, printRatio, startBerth, timeCalls } from './time-calls.mjs';

const warmUp = 500;
const rounds = 3;

const directory = await mkdtemp(join(tmpdir(), 'berth-bench-'));
const ends = [() => rm(directory, { recursive: true, force: true })];
try {
  await compareLatency({
    berth: await startBerth({ directory, name: 'one', ends }),
    echo: await startEcho(directory, ends),
    fastapi: await startFastapi(directory, ends),
    bentoml: await startBentoml(directory, ends),
  });
} finally {
  for (const end of ends.reverse()) await end();
}

/** Alternates the peers, so that other load affects all equally. */
async function compareLatency(peers) {
  const samples = Object.fromEntries(Object.keys(peers).map((name) => [name, []]));
  for (const call of Object.values(peers)) for (let n = 0; n < warmUp; n += 1) await call({ text: 'hello' });
  for (let round = 0; round < rounds; round += 1)
    for (const [name, call] of Object.entries(peers)) samples[name].push(...(await timeCalls(call, 2_000)));
  const medians = Object.fromEntries(Object.entries(samples).map(([name, times]) => [name, median(times)]));
  for (const [name, value] of Object.entries(medians))
    console.log(`  ${name.padEnd(8)} ${value.toFixed(0).padStart(6)} µs`);
  printRatio('berth / bare echo', medians.berth / medians.echo, 'at most 2.5');
  printRatio('FastAPI / berth', medians.fastapi / medians.berth, 'at least 6');
  printRatio('BentoML / berth', medians.bentoml / medians.berth, 'at least 12');
}
