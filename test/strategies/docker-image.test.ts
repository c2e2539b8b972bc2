/** @needs python3 container-engine */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import type Docker from 'dockerode';
import type { RunPlan } from '../../src/contract/handle.js';
import { ensureImage, findEngineAddress, ignoreMissing, openEngine } from '../../src/runners/containers/index.js';
import { findBase } from '../../strategies/docker/base.js';
import { imageName } from '../../strategies/docker/container/container-name.js';
import type { DockerHandle } from '../../strategies/docker/docker-handle.js';
import { DockerRunner } from '../../strategies/docker/runner.js';
import { openTestEngine } from '../support/docker-engine.js';
import { MovableBaseImage, testBaseImage } from '../support/movable-base-image.js';
import { startPrivateRegistry } from '../support/private-registry.js';
import { registerCleanup, temporaryDirectory, temporarySolution } from '../support/temporary-directories.js';
import { createDockerPlan } from './docker-plan.js';
import { perlServer } from './perl-server.js';

// The image of a revision when bases move, settings change and images disappear.

let engine: Docker;
let base: MovableBaseImage;
beforeAll(async () => {
  engine = await openTestEngine();
  base = new MovableBaseImage(engine, `berth-test-base-${process.pid}:now`);
  await base.move();
}, 300_000);

const root = temporaryDirectory('berth-docker-image-');
const mark = `i${process.pid}`;
const started: DockerRunner[] = [];
registerCleanup(async () => {
  for (const runner of started) await runner.undo();
  await base.remove();
});

/** Creates a server with a unique text, of which no layer was built before. */
const server = (text: string) => ({
  Dockerfile: `FROM ${base.name}\nCOPY . /\nEXPOSE 7000\nCMD ["perl", "/serve.pl"]\n`,
  'serve.pl': perlServer,
  'text.txt': `${mark} ${text}`,
});

const planOf = (deployment: string, files: Record<string, string>, changes: Partial<RunPlan> = {}): Promise<RunPlan> =>
  createDockerPlan(join(root, deployment, changes.revision ?? 'r1'), files, {
    deployment: `${mark}-${deployment}`,
    ...('serve.pl' in files && { entry: '/upper' }),
    ...changes,
  });

/** Starts and stops a revision with a new runner. Returns its image and its progress. */
async function startOnce(plan: RunPlan): Promise<{ image: string; id: string; lines: string[] }> {
  const runner = new DockerRunner(plan);
  started.push(runner);
  const lines: string[] = [];
  const { image, container } = (await runner.start({
    env: {},
    onProgress: (line) => lines.push(line),
  })) as DockerHandle;
  const { Image } = await engine.getContainer(container).inspect();
  await runner.stop();
  return { image, id: Image, lines };
}

const built = expect.stringMatching(/^building /);

test('a revision starts again from its own image, although its base has changed', async () => {
  const plan = await planOf('moved', server('moved'));
  const first = await startOnce(plan);
  expect(first.lines).toContainEqual(built);
  await base.move();
  const second = await startOnce(plan);
  expect(second).toMatchObject({ image: first.image, id: first.id });
  expect(second.lines).not.toContainEqual(built);
});

test('another BERTH_DOCKER_BASE applies to the next revision, not to one that was built', async () => {
  const files = { 'app.py': 'def predict(): return 1' };
  const plan = await planOf('set', files);
  const first = await startOnce(plan);
  process.env.BERTH_DOCKER_BASE = base.name;
  try {
    expect(await startOnce(plan)).toMatchObject({ image: first.image, id: first.id });
    expect((await startOnce(await planOf('set', files, { revision: 'r2' }))).id).not.toBe(first.id);
  } finally {
    delete process.env.BERTH_DOCKER_BASE;
  }
});

test('an image that is gone from the engine is built again, and a line reports it', async () => {
  const plan = await planOf('gone', server('gone'));
  const { image } = await startOnce(plan);
  await engine.getImage(image).remove();
  const { lines } = await startOnce(plan);
  expect(lines[0]).toBe('the image of r1 is gone from the engine: building it again');
});

test('a revision that was changed, or is created again on another base, is built again', async () => {
  const plan = await planOf('changed', server('changed'));
  const first = await startOnce(plan);
  await base.move();
  const onNewBase = { ...plan, base: { [base.name]: await base.findId() } };
  const second = await startOnce(onNewBase);
  writeFileSync(join(plan.directory, 'more.txt'), 'more');
  const third = await startOnce(onNewBase);
  expect(new Set([first.id, second.id, third.id]).size).toBe(3);
});

test('an image that two revisions share stays until both are undone, even when one lost its name', async () => {
  const plan = await planOf('shared', server('shared'));
  const other = await planOf('shared', server('shared'), { revision: 'r2' });
  const [first, second] = [await startOnce(plan), await startOnce(other)];
  expect(second.id).toBe(first.id);
  await engine.getImage(second.image).remove(); // like a user's `docker rmi`
  expect(await startOnce(other)).toMatchObject({ image: second.image, id: first.id });
  await new DockerRunner(plan).undo();
  expect((await startOnce(other)).lines).not.toContainEqual(built);
  await new DockerRunner(other).undo();
  expect(await ignoreMissing(engine.getImage(first.id).inspect())).toBeUndefined();
});

test('two concurrent starts and an interrupted start create no second image', async () => {
  const plan = await planOf('twice', server('twice'));
  const [one, other] = [new DockerRunner(plan), new DockerRunner(plan)];
  started.push(one, other);
  const handles = await Promise.all([one.start({ env: {} }), other.start({ env: {} })]);
  expect(new Set(handles.map((handle) => (handle as DockerHandle).container)).size).toBe(1);
  await one.stop();
  const cut = new AbortController();
  const third = new DockerRunner(plan);
  await third
    .start({ env: {}, signal: cut.signal, onProgress: () => cut.abort(new Error('cut')) })
    .catch(() => undefined);
  await startOnce(plan);
  const tags = (await engine.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
  expect(tags.filter((tag) => tag.startsWith(`${imageName(plan)}-`))).toHaveLength(1);
});

test('the same code on a newer base becomes another image', async () => {
  const first = await startOnce(await planOf('fresh', server('fresh')));
  await base.move();
  const second = await startOnce(await planOf('fresh', server('fresh'), { revision: 'r2' }));
  expect(second.id).not.toBe(first.id);
});

test('a revision’s base is the images that its Dockerfile names, as the engine has them', async () => {
  const own = await planOf('based', server('based'));
  expect(await findBase(own)).toEqual({ [base.name]: await base.findId() });
  await base.move();
  expect(await findBase(own)).toEqual({ [base.name]: await base.findId() });

  const ours = await planOf('generated', { 'app.py': 'def predict(): return 1' });
  expect(await findBase(ours)).toEqual({ [testBaseImage]: expect.stringMatching(/^sha256:/) });
  process.env.BERTH_DOCKER_BASE = 'nobody/has-this:1';
  try {
    expect(await findBase(ours)).toEqual({ 'nobody/has-this:1': null });
    expect(await findBase(own)).toEqual({ [base.name]: await base.findId() });
  } finally {
    delete process.env.BERTH_DOCKER_BASE;
  }
});

test('a revision’s base is unknown without an engine', async () => {
  const plan = await planOf('alone', server('alone'));
  const before = process.env.DOCKER_HOST;
  process.env.DOCKER_HOST = `unix://${join(root, 'nobody.sock')}`;
  try {
    expect(await findBase(plan)).toBeUndefined();
  } finally {
    if (before === undefined) delete process.env.DOCKER_HOST;
    else process.env.DOCKER_HOST = before;
  }
});

test('a private base image is pulled with the credentials of docker login, and they are not in image or log', async () => {
  const user = 'reader:canary of a password';
  const registry = await startPrivateRegistry(user);
  const auth = Buffer.from(user).toString('base64');
  const login = temporarySolution({ 'config.json': JSON.stringify({ auths: { [registry.host]: { auth } } }) });
  const helper = temporarySolution({ 'config.json': JSON.stringify({ credHelpers: { [registry.host]: mark } }) });
  const program = `docker-credential-${mark}`;
  const [Username = '', Secret = ''] = user.split(':');
  const credentials = JSON.stringify({ Username, Secret });
  const path = temporarySolution({
    [program]: `#!/bin/sh\n[ "$(cat)" = ${registry.host} ] && echo '${credentials}'\n`,
  });
  chmodSync(join(path, program), 0o755);

  const code = temporarySolution({ Dockerfile: `FROM ${registry.image}\nCOPY --from=${testBaseImage} /bin/true /\n` });
  const logFile = join(root, 'private.log');
  const build = async (DOCKER_CONFIG: string, engine: Docker, name: string) => {
    const before = { DOCKER_CONFIG: process.env.DOCKER_CONFIG, PATH: process.env.PATH };
    Object.assign(process.env, { DOCKER_CONFIG, PATH: `${path}:${before.PATH}` });
    const request = {
      directory: code,
      dockerfile: 'Dockerfile',
      addedPrograms: {},
      buildArguments: { FOR: name },
      logFile,
    };
    try {
      return await ensureImage({ ...request, engine, name: `berth/${mark}-${name}:r1` });
    } finally {
      Object.assign(process.env, before);
      if (before.DOCKER_CONFIG === undefined) delete process.env.DOCKER_CONFIG;
    }
  };
  const failure = build(temporarySolution({}), engine, 'refused').catch((error: Error) => error);
  expect(await failure).toMatchObject({
    code: 'BUILD_FAILED',
    message: expect.stringMatching(new RegExp(`; if ${registry.image} is private, .*: docker login ${registry.host}$`)),
  });
  const other = await openEngine(findEngineAddress());
  const version = await other.version();
  other.version = () => Promise.resolve({ ...version, Components: [] }); // like an engine other than Docker's
  const described = [];
  for (const [config, by, name] of [
    [login, engine, 'login'],
    [helper, other, 'helper'],
  ] as const) {
    registry.requestedBy.clear();
    const image = engine.getImage((await build(config, by, name)).reference);
    expect(registry.requestedBy).toContain(user);
    described.push(await image.inspect(), await image.history());
    await image.remove();
  }
  expect(JSON.stringify(described) + readFileSync(logFile, 'utf8')).not.toMatch(/canary|cmVhZGVyO/);
});
