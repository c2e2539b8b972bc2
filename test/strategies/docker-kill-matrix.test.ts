/** @needs git python3 uv temporal container-engine dockerd setsid */
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from '@jest/globals';
import type Docker from 'dockerode';
import { ensureStack } from '../../src/stack/index.js';
import { connectOnce, startDeployment, waitForState } from '../support/deployments.js';
import { DisposableEngine } from '../support/disposable-engine.js';
import { findUnreplayable } from '../support/histories.js';
import { KillMatrix, type MatrixCell, type Outcome } from '../support/killing/kill-matrix.js';
import { cutPower } from '../support/killing/kill-processes.js';
import { dockerTarget } from '../support/killing/runtime-targets.js';
import { temporarySolution } from '../support/temporary-directories.js';
import { readCommandLine, temporaryStack } from '../support/temporary-stack.js';
import { perlServer } from './perl-server.js';

// Kills the container engine at every step of a deploy, a redeploy and a cleanup, and starts it again; then kills worker,
// server and engine together, at the steps that use the engine.

const own = new DisposableEngine();
const home = temporaryStack();
const operations = ['deploy', 'redeploy', 'cleanup'];
let engine: Docker;
let matrix: KillMatrix;
const outcomes: Outcome[] = [];

beforeAll(async () => {
  engine = await own.start();
  matrix = new KillMatrix(home, dockerTarget(engine));
  await matrix.rehearse(operations);
  const steps = matrix.selectCore(operations, 0).filter((cell) => hasBegun(cell));
  outcomes.push(...(await matrix.run(steps, { kill: () => own.kill(), restore: () => own.start() })));
  const ofEngine = matrix.selectCore(operations, 1).filter(({ step }) => engineSteps.includes(step));
  outcomes.push(...(await matrix.run(ofEngine, { kill: killAll, restore: bringAllBack })));
}, 400_000);

const killAll = () => Promise.all([cutPower(home), own.kill()]).then(() => undefined);

async function bringAllBack(): Promise<void> {
  await own.start();
  await ensureStack({ needsWorker: true });
}

/** Steps in which the engine builds, starts or removes something. */
const engineSteps = ['createRunner', 'retireRevision', 'discardRevision', 'undoDeployment'];

/** Excludes steps up to the selection: without an engine it refuses the request, which another test checks. */
const hasBegun = ({ moment, step }: MatrixCell): boolean =>
  moment !== 'busy' && step !== 'digestSource' && !(step === 'selectStrategy' && moment === 'begin');

test.each(operations)('each step of a %s ends as expected', (operation) => {
  const ofOperation = outcomes.filter((outcome) => outcome.operation === operation);
  expect(ofOperation.filter(({ problem }) => problem !== null)).toEqual([]);
  expect(ofOperation).not.toEqual([]);
});

/** Command of a build step. Its process shows that the build is in progress. */
const slow = 'sleep 4.0625';
const server = {
  Dockerfile: [
    'FROM python:3.11.13-slim-bookworm',
    `RUN ${slow}`,
    'COPY serve.pl /',
    'EXPOSE 7000',
    'CMD ["perl", "/serve.pl"]',
  ].join('\n'),
  'serve.pl': perlServer,
};

const isRunning = (command: string): boolean =>
  readdirSync('/proc').some((pid) => readCommandLine(pid).replaceAll('\0', ' ').trim() === command);

test('an image that was being built is built again', async () => {
  const solution = temporarySolution(server);
  const name = await startDeployment({
    name: 'building',
    solution,
    strategy: 'docker',
    entry: '/upper',
    agent: 'none',
  });
  while (!isRunning(slow)) await sleep(20);
  await own.kill();
  await own.start();
  expect(await waitForState(name, 'running')).toMatchObject({ lastError: null });
});

test('a worker can take over everything that ever ran', async () => {
  expect(await findUnreplayable()).toEqual([]);
}, 240_000);

test('nothing is left', async () => {
  expect(await matrix.findOrphans()).toEqual([]);
  const client = await connectOnce();
  for (const { name } of await client.list()) await client.cleanup(name);
  expect(await engine.listContainers({ all: true })).toEqual([]);
  const tags = (await engine.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
  expect(tags.filter((tag) => tag.startsWith('berth/'))).toEqual([]);
}, 240_000);

test('requests without an engine are refused before anything begins', async () => {
  await own.kill();
  const solution = temporarySolution(server);
  const name = await startDeployment({ name: 'refused', solution, strategy: 'docker', entry: '/upper', agent: 'none' });
  expect(await waitForState(name, 'cleaned')).toMatchObject({ lastError: { code: 'TOOL_MISSING' } });
});
