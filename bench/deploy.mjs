// Measures complete commands: a call, a deployment with an existing environment, the start of the stack.
// `npm run build && node bench/deploy.mjs`; needs the Temporal CLI. Method: bench/README.md
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const berth = join(root, 'dist', 'client.js');
const example = join(root, 'examples', 'sentiment');
const home = mkdtempSync(join(tmpdir(), 'berth-bench-'));
const env = { ...process.env, BERTH_HOME: home };
const input = '{"text": "what a lovely little film"}';

try {
  measureStack();
  const names = measureDeployments(10);
  await reportTemporal(names);
  measureRun(names[0], 30);
} finally {
  runBerth('cleanup', '--all', '--yes');
  runBerth('down');
  rmSync(home, { recursive: true, force: true });
}

/** Measures from an empty home to the first step of a deployment, with the start of server and worker. */
function measureStack() {
  const began = Date.now();
  runBerth('deploy', example, '--name', 'first');
  const info = JSON.parse(runBerth('status', 'first', '--json'));
  const firstStep = Date.parse(info.steps[0].startedAt) - began;
  console.log(`start of the stack to the first step: ${(firstStep / 1000).toFixed(2)} s`);
}

function measureDeployments(count) {
  const names = Array.from({ length: count }, (_, index) => `again-${index + 1}`);
  const times = names.map((name) => time(() => runBerth('deploy', example, '--name', name)));
  console.log(`deploy with an existing environment: median ${median(times).toFixed(0)} ms of ${count} (whole command)`);
  return names;
}

/** Measures Temporal's share: activities from scheduling to start, and workflow tasks from scheduling to end. */
async function reportTemporal(names) {
  const address = /Temporal at (\S+),/.exec(runBerth('up'))?.[1];
  const connection = await Connection.connect({ address });
  const shares = await Promise.all(names.map((name) => temporalShare(new Client({ connection }), name)));
  await connection.close();
  console.log(`of which Temporal’s part: median ${median(shares).toFixed(0)} ms`);
}

async function temporalShare(client, name) {
  const { events } = await client.workflow.getHandle(`deployment-${name}`).fetchHistory();
  const at = new Map(events.map((event) => [Number(event.eventId), milliseconds(event.eventTime)]));
  const until = events.findIndex((event) => scheduledType(event) === 'supervise');
  const spans = events.slice(0, until).map((event) => {
    const started = event.activityTaskStartedEventAttributes;
    const completed = event.workflowTaskCompletedEventAttributes;
    const from = Number((started ?? completed)?.scheduledEventId ?? event.eventId);
    return at.get(Number(event.eventId)) - at.get(from);
  });
  return spans.reduce((sum, span) => sum + span, 0);
}

function scheduledType(event) {
  return event.activityTaskScheduledEventAttributes?.activityType?.name;
}

function milliseconds({ seconds, nanos }) {
  return Number(seconds) * 1000 + (nanos ?? 0) / 1e6;
}

function measureRun(name, count) {
  const pairs = Array.from({ length: count }, () => [
    time(() => execFileSync(process.execPath, ['-e', '0'])),
    time(() => runBerth('run', name, input)),
  ]);
  const empty = median(pairs.map(([node]) => node));
  const whole = median(pairs.map(([, run]) => run));
  const ratio = median(pairs.map(([node, run]) => run / node));
  console.log(`berth run: ${whole.toFixed(0)} ms against ${empty.toFixed(0)} ms of node -e 0: ${ratio.toFixed(2)} ×`);
}

function runBerth(...argv) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [berth, ...argv], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`berth ${argv.join(' ')} exited with ${status}\n${stderr}`);
  return stdout;
}

function time(action) {
  const began = performance.now();
  action();
  return performance.now() - began;
}

function median(values) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}
