/** @needs python3 container-engine */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import type Docker from 'dockerode';
import type { Answer } from '../../src/contract/answer.js';
import type { RunPlan } from '../../src/contract/handle.js';
import { BerthError } from '../../src/errors.js';
import { packageRoot } from '../../src/home/package-root.js';
import {
  buildImageReference,
  contentLabel,
  ensureImage,
  findEngineAddress,
  ignoreMissing,
  openEngine,
} from '../../src/runners/containers/index.js';
import { conformance } from '../../strategies/docker/conformance.js';
import {
  containerName,
  homeMarks,
  imageName,
  labels,
  legacyContainerName,
} from '../../strategies/docker/container/container-name.js';
import { createContainer, removeContainer } from '../../strategies/docker/container/revision-container.js';
import type { DockerHandle } from '../../strategies/docker/docker-handle.js';
import { findNeeds } from '../../strategies/docker/needs.js';
import { DockerRunner } from '../../strategies/docker/runner.js';
import { openTestEngine } from '../support/docker-engine.js';
import { readStream } from '../support/read-stream.js';
import { registerCleanup, temporaryDirectory } from '../support/temporary-directories.js';
import { checkExposure } from './check-exposure.js';
import { conformanceSolution, readLines, requireFailure, testRunnerConformance } from './conformance.js';
import { createDockerPlan } from './docker-plan.js';
import { perlServer } from './perl-server.js';

let engine: Docker;
beforeAll(async () => {
  engine = await openTestEngine();
}, 300_000);

const root = temporaryDirectory('berth-docker-');
/** Separates test runs on one engine. */
const mark = `t${process.pid}`;

const started: DockerRunner[] = [];
registerCleanup(async () => {
  for (const runner of started) await runner.undo();
});

let number = 0;
async function makeRunner(files: Record<string, string>, changes: Parameters<typeof createDockerPlan>[2] = {}) {
  number += 1;
  const deployment = `${mark}-${number}`;
  const plan = await createDockerPlan(join(root, deployment), files, { deployment, ...changes });
  const runner = new DockerRunner(plan);
  started.push(runner);
  return { runner, plan };
}

const catchError = (promise: Promise<unknown>): Promise<BerthError> =>
  promise.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: unknown) => (error instanceof BerthError ? error : Promise.reject(error)),
  );

/** Lists containers only: images stay until the undo. */
async function listContainers({ deployment, revision }: RunPlan): Promise<string[]> {
  const label = [`${labels.deployment}=${deployment}`, `${labels.revision}=${revision}`];
  return (await engine.listContainers({ all: true, filters: { label } })).map(({ Id }) => Id);
}

async function listImages(plan: RunPlan): Promise<string[]> {
  const tags = (await engine.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
  return tags.filter((tag) => tag.startsWith(`${imageName(plan)}-`));
}

testRunnerConformance({
  name: 'docker',
  RunnerClass: DockerRunner,
  reference: {
    module: fileURLToPath(new URL('../../strategies/docker/runner.ts', import.meta.url)),
    className: 'DockerRunner',
  },
  createPlan: (revision, timeout) =>
    createDockerPlan(join(root, revision), conformanceSolution, {
      deployment: mark,
      revision,
      timeout,
      entry: 'conformance:respond',
    }),
  kill: conformance.kill,
  servesPython: true,
  deviations: conformance.deviations,
  listRemaining: listContainers,
  interruptStart: async (plan) => {
    // The worker was killed after the container was created and before it was started.
    const interrupted = new DockerRunner(plan);
    const handle = (await interrupted.start({ env: {} })) as DockerHandle;
    await interrupted.close();
    await engine.getContainer(handle.container).remove({ force: true });
    const software = plan.runInterface as never; // written by the recipe
    const wanted = { plan, software, image: handle.image, port: 8000, env: {}, limits: {}, isReadOnly: true };
    const created = await createContainer(engine, handle.engine, wanted);
    expect(created?.details.State.Status).toBe('created');
  },
});

test('an unchanged revision is not built again, and starts fast', async () => {
  const files = { 'app.py': `def predict(): return "${mark}"` };
  const first = await makeRunner(files);
  await first.runner.start({ env: {} });
  const second = await makeRunner(files);
  const lines: string[] = [];
  const before = Date.now();
  await second.runner.start({ env: {}, onProgress: (line) => lines.push(line) });
  expect(Date.now() - before).toBeLessThan(20_000);
  expect(lines).toEqual([expect.stringMatching(/^using the existing image berth\//)]);
  expect(await second.runner.run({})).toEqual({ status: 'success', output: mark });
  await first.runner.undo();
  expect(await listImages(first.plan)).toEqual([]);
  expect(await listImages(second.plan)).toHaveLength(1);
});

test('an image that disappears before it is tagged is built again', async () => {
  const { plan } = await makeRunner({ 'app.py': `def predict(): return "${mark} gone"` });
  const addedPrograms = { '.berth': join(packageRoot, 'hosts', 'python') };
  const request = {
    directory: plan.directory,
    dockerfile: 'Dockerfile',
    addedPrograms,
    buildArguments: {},
    logFile: plan.logFile,
  };
  const first = await ensureImage({ ...request, engine, name: `berth/${mark}-first:r1` });
  const other = await openEngine(findEngineAddress());
  const list = other.listImages.bind(other);
  other.listImages = async (options?: object) => {
    const found = await list(options);
    await engine.getImage(first.reference).remove(); // like the cleanup of another deployment
    return found;
  };
  const second = await ensureImage({ ...request, engine: other, name: `berth/${mark}-second:r1` });
  expect([first.isNew, second.isNew]).toEqual([true, true]);
  await engine.getImage(second.reference).remove();
});

test('a healthy container streams, stops long before its grace period ends, and its image stays until the undo', async () => {
  const { runner, plan } = await makeRunner({ 'app.py': 'def predict():\n    yield "a"\n    yield "b"' });
  await runner.start({ env: {} });
  const parts = runner.stream({});
  expect([await parts.next(), await parts.next(), await parts.next()]).toEqual([
    { done: false, value: 'a' },
    { done: false, value: 'b' },
    { done: true, value: { status: 'success', output: 'ab' } },
  ]);
  const before = Date.now();
  await runner.stop();
  expect(Date.now() - before).toBeLessThan(8_000);
  expect([await listContainers(plan), await listImages(plan)]).toEqual([[], [expect.any(String)]]);
  await runner.undo();
  expect(await listImages(plan)).toEqual([]);
});

test('any number of taken ports is skipped', async () => {
  const files = { 'app.py': 'def predict(): return 1' };
  const { runner } = await makeRunner(files);
  const { url } = (await runner.start({ env: {} })) as DockerHandle;
  const next = Number(new URL(url).port) + 1; // the engine assigns ports in order
  const others = Array.from({ length: 15 }, () => createServer());
  try {
    await Promise.all(others.map((server, index) => listenIfFree(server, next + index)));
    const { runner: late } = await makeRunner(files);
    await late.start({ env: {} });
    expect(await late.run({})).toEqual({ status: 'success', output: 1 });
  } finally {
    for (const server of others) server.close();
  }
});

const listenIfFree = (server: Server, port: number): Promise<void> =>
  new Promise((resolve) => {
    server.once('error', () => resolve()).listen(port, '127.0.0.1', resolve);
  });

test('the container listens on loopback only, runs as an unprivileged user, and can only write to /tmp', async () => {
  const source = `import os
def predict():
    open("/tmp/free", "w").close()
    try:
        open("/app/taken", "w")
    except OSError as error:
        return [os.getuid(), error.strerror, "BERTH_BOOT" in os.environ]`;
  const { runner } = await makeRunner({ 'app.py': source }, { resources: { memory: '256Mi', cpu: 0.5 } });
  const handle = (await runner.start({ env: {} })) as DockerHandle;
  expect(await runner.run({})).toEqual({ status: 'success', output: [10001, 'Read-only file system', false] });
  const { HostConfig, NetworkSettings } = await engine.getContainer(handle.container).inspect();
  expect(NetworkSettings.Ports['8000/tcp']).toEqual([{ HostIp: '127.0.0.1', HostPort: new URL(handle.endpoint).port }]);
  expect(HostConfig).toMatchObject({
    Init: true,
    Memory: 256 * 2 ** 20,
    NanoCpus: 5e8,
    ReadonlyRootfs: true,
    RestartPolicy: { Name: 'no' },
    LogConfig: { Type: 'json-file', Config: { 'max-size': '10m' } },
  });
});

test('software that writes next to its code when imported gets a writable file system, and the log says so', async () => {
  const { runner } = await makeRunner({ 'app.py': 'open("/var/tmp/cache", "w").close()\ndef predict(): return 1' });
  const lines: string[] = [];
  await runner.start({ env: {}, onProgress: (line) => lines.push(line) });
  expect(lines.at(-1)).toBe('the software writes beside its code: its file system is left writable');
  expect(await runner.run({})).toEqual({ status: 'success', output: 1 });
});

test('an import that fails is an error with the traceback, and leaves no container', async () => {
  const { runner, plan } = await makeRunner({ 'app.py': 'import nowhere\ndef predict(): return 1' });
  const error = await catchError(runner.start({ env: {} }));
  expect(error).toMatchObject({ code: 'IMPORT_FAILED', message: expect.stringContaining("No module named 'nowhere'") });
  expect(error.details.evidence).toContain('File "app.py", line 1');
  expect(await listContainers(plan)).toEqual([]);
  expect(readFileSync(plan.logFile, 'utf8')).toContain("No module named 'nowhere'");
});

test('a build that fails is an error with its last lines; its log says that its steps get no index settings', async () => {
  const { runner, plan } = await makeRunner({
    Dockerfile: 'FROM python:3.11.13-slim-bookworm\nRUN echo almost && false\nEXPOSE 80\n',
    'server.js': "app.post('/predict', () => 1)",
  });
  process.env.PIP_INDEX_URL = 'https://user:canary-of-index@packages.example/simple';
  const error = await catchError(runner.start({ env: {} })).finally(() => delete process.env.PIP_INDEX_URL);
  expect(error.code).toBe('BUILD_FAILED');
  expect(error.details.evidence).toContain('almost');
  const log = readFileSync(plan.logFile, 'utf8');
  expect(log).toContain('to use them in the Dockerfile: RUN --mount=type=secret,id=pip.conf');
  expect(log).not.toContain('canary-of-index');
});

test('index settings reach a build that mounts them, and no layer, history or log', async () => {
  process.env.PIP_INDEX_URL = 'https://user:canary-of-index@packages.example/simple';
  const directory = join(root, 'secrets');
  const plan = await createDockerPlan(directory, {
    Dockerfile: `FROM python:3.11.13-slim-bookworm
RUN --mount=type=secret,id=pip.conf grep -c canary-.f-index /run/secrets/pip.conf > /found
EXPOSE 80
`,
    'server.js': "app.post('/predict', () => 1)",
  });
  try {
    const request = {
      engine,
      directory: plan.directory,
      dockerfile: 'Dockerfile',
      addedPrograms: {},
      buildArguments: {},
    };
    const name = `berth/${mark}-secrets:r1`;
    const { reference } = await ensureImage({ ...request, name, logFile: plan.logFile });
    const image = engine.getImage(reference);
    expect(JSON.stringify([await image.inspect(), await image.history()])).not.toContain('canary-of-index');
    expect(readFileSync(plan.logFile, 'utf8')).not.toContain('canary-of-index');
    await image.remove();
  } finally {
    delete process.env.PIP_INDEX_URL;
  }
});

test('a step may take longer than the limit of idle connections, and the next step still gets its secrets', async () => {
  const directory = join(root, 'slow-step');
  const plan = await createDockerPlan(directory, {
    Dockerfile: `FROM python:3.11.13-slim-bookworm
RUN echo ${mark}; sleep 7; echo wörd
RUN --mount=type=secret,id=pip.conf,required grep -q index-url /run/secrets/pip.conf
EXPOSE 80
`,
    'server.js': "app.post('/predict', () => 1)",
  });
  process.env.PIP_INDEX_URL = 'https://packages.example/simple';
  try {
    const request = {
      engine,
      directory: plan.directory,
      dockerfile: 'Dockerfile',
      addedPrograms: {},
      buildArguments: {},
    };
    const { reference } = await ensureImage({ ...request, name: `berth/${mark}-slow-step:r1`, logFile: plan.logFile });
    expect(readFileSync(plan.logFile, 'utf8').split('\n')).toContain('build: wörd');
    await engine.getImage(reference).remove();
  } finally {
    delete process.env.PIP_INDEX_URL;
  }
});

test('an engine without BuildKit builds the generated Dockerfile, too, and reports settings that do not reach the build', async () => {
  const other = await openEngine(findEngineAddress());
  const version = await other.version();
  other.version = () => Promise.resolve({ ...version, Components: [] }); // like an engine other than Docker's
  const plan = await createDockerPlan(join(root, 'classic'), {
    'requirements.txt': '\n',
    'app.py': 'def predict(): return 1',
  });
  const lines: string[] = [];
  process.env.PIP_INDEX_URL = 'https://packages.example/simple';
  try {
    const { reference } = await ensureImage({
      engine: other,
      directory: plan.directory,
      dockerfile: 'Dockerfile',
      addedPrograms: { '.berth': join(packageRoot, 'hosts', 'python') },
      buildArguments: {},
      name: `berth/${mark}-classic:r1`,
      logFile: plan.logFile,
      onProgress: (line) => lines.push(line),
    });
    expect(lines[0]).toContain('this engine has no BuildKit');
    expect(lines).toContainEqual(expect.stringMatching(/^building \d+\/\d+: RUN pip install --requirement/));
    await engine.getImage(reference).remove();
  } finally {
    delete process.env.PIP_INDEX_URL;
  }
});

test('a start that is canceled during the build ends immediately and leaves nothing', async () => {
  const { runner, plan } = await makeRunner({
    Dockerfile: 'FROM python:3.11.13-slim-bookworm\nRUN sleep 30\nEXPOSE 80\n',
    'server.js': "app.post('/predict', () => 1)",
  });
  const cancel = new AbortController();
  const before = Date.now();
  const building = (line: string) => line.includes('sleep 30') && cancel.abort(new Error('no longer wanted'));
  const start = runner.start({ env: {}, signal: cancel.signal, onProgress: building });
  await expect(start).rejects.toThrow('no longer wanted');
  expect(Date.now() - before).toBeLessThan(25_000);
  expect([await listContainers(plan), await listImages(plan)]).toEqual([[], []]);
});

test('a FastAPI application is served unchanged, its error replies are errors, and its path comes from the code', async () => {
  const { runner, plan } = await makeRunner({
    'requirements.txt': 'fastapi\n',
    'main.py': `from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()

class Inputs(BaseModel):
    n: int

@app.post("/next")
def successor(inputs: Inputs):
    return {"n": inputs.n + 1}
`,
  });
  expect(plan.runInterface).toMatchObject({ predict_path: '/next' });
  const { container } = (await runner.start({ env: {} })) as DockerHandle;
  expect(await check(container)).toBe(0);
  expect(await runner.run({ n: 1 })).toEqual({ status: 'success', output: { n: 2 } });
  expect(requireFailure(await runner.run({ n: 'one' }))).toMatchObject({
    code: 'CALL_INPUT',
    message: expect.stringContaining('POST /next was answered with 422'),
  });
  const before = Date.now();
  await runner.stop();
  expect(Date.now() - before).toBeLessThan(8_000);
});

/** Runs the image's own health check and returns its exit code. */
async function check(container: string): Promise<number | null> {
  const { Config } = await engine.getContainer(container).inspect();
  const [, ...Cmd] = Config.Healthcheck?.Test ?? [];
  const checking = await engine.getContainer(container).exec({ Cmd, AttachStdout: true });
  for await (const _ of await checking.start({})); // drains the output until the check has ended
  return (await checking.inspect()).ExitCode;
}

test('the generated health check of a web application fails when nothing listens', async () => {
  const source = 'from flask import Flask\napp = Flask(__name__)\n@app.post("/next")\ndef successor(): return "1"\n';
  const { directory } = await createDockerPlan(join(root, 'checked'), {
    'requirements.txt': 'flask\n',
    'main.py': source,
  });
  const text = readFileSync(join(directory, 'Dockerfile'), 'utf8');
  const [program, ...words]: string[] = JSON.parse(/^HEALTHCHECK .* CMD (.*)$/m.exec(text)?.[1] ?? '[]');
  expect(program).toBe('python');
  const { status, stderr } = spawnSync(
    'python3',
    words.map((word) => word.replace('8000', '1')),
  );
  expect({ status, stderr: String(stderr) }).toEqual({ status: 1, stderr: expect.stringContaining('refused') });
});

test('a path that only the server knows is read from its OpenAPI', async () => {
  const { runner } = await makeRunner({
    Dockerfile: 'FROM python:3.11.13-slim-bookworm\nCOPY serve.py /\nEXPOSE 7000\nCMD ["python", "/serve.py"]\n',
    'serve.py': `import json
from http.server import BaseHTTPRequestHandler, HTTPServer

PATHS = dict(paths={"/" + "double": {"post": {}}, "/" + "list": {"get": {}}})

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.reply(PATHS)
    def do_POST(self):
        self.reply(2 * json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
    def reply(self, value):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())

HTTPServer(("", 7000), Handler).serve_forever()
`,
  });
  const handle = (await runner.start({ env: {} })) as DockerHandle;
  expect(handle.predictPath).toBe('/double');
  expect(await runner.run(21)).toEqual({ status: 'success', output: 42 });
});

test('a server in any language is built from its own Dockerfile and called at the named path', async () => {
  const files = {
    Dockerfile: 'FROM python:3.11.13-slim-bookworm\nCOPY serve.pl /\nEXPOSE 7000\nCMD ["perl", "/serve.pl"]\n',
    'serve.pl': perlServer,
  };
  const { runner, plan } = await makeRunner(files, { entry: '/upper', resources: { concurrency: 2 } });
  const lines: string[] = [];
  const handle = (await runner.start({ env: {}, onProgress: (line) => lines.push(line) })) as DockerHandle;
  expect(lines).toContain('how many calls run at once is left to the server in the image');
  expect(await runner.run({ text: 'quiet' })).toEqual({ status: 'success', output: { TEXT: 'QUIET' } });
  expect(requireFailure(await runner.run('fail'))).toMatchObject({
    code: 'CALL_FAILED',
    message: expect.stringContaining('POST /upper was answered with 500: {"problem":"no"}'),
  });
  for (const inputs of ['as events', 'as lines']) {
    const parts = runner.stream(inputs);
    expect(await parts.next()).toEqual({ done: false, value: 'as' });
    const before = Date.now(); // the server waits before the next word, and at the end
    const [, second = ''] = inputs.split(' ');
    const answer: Answer = { status: 'success', output: `as${second}` };
    expect(await readStream(parts)).toEqual({ chunks: [second], answer });
    expect(Date.now() - before).toBeGreaterThan(700);
    expect(await runner.run(inputs)).toEqual(answer);
  }
  expect(await runner.isHealthy()).toMatchObject({ isHealthy: true });
  const printed = await readLines(runner.logs(), Number.POSITIVE_INFINITY);
  expect(printed.some((line) => line.startsWith('served POST /upper'))).toBe(true);
  expect(await sendToStranger(plan, handle)).toEqual([]);
  const before = Date.now();
  await runner.stop();
  expect(Date.now() - before).toBeLessThan(8_000);
  expect(await listContainers(plan)).toEqual([]);
});

/** Points the handle to another program's server, and returns the requests that reach it. */
async function sendToStranger(plan: RunPlan, handle: DockerHandle): Promise<unknown[]> {
  const seen: unknown[] = [];
  const stranger = createServer((request, response) => {
    seen.push(request.url);
    response.end('{}');
  }).listen(0, '127.0.0.1');
  try {
    await once(stranger, 'listening');
    const url = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
    const misled = new DockerRunner(plan);
    await misled.attach({ ...handle, url });
    const refused = { code: 'NOT_RUNNING', message: `the software is not up: something else answers at ${url}` };
    expect(requireFailure(await misled.run({ secret: true }))).toEqual(refused);
    expect(requireFailure((await readStream(misled.stream({ secret: true }))).answer)).toEqual(refused);
    await misled.attach({ ...handle, url, engine: 'unix:///nowhere/docker.sock' });
    expect(requireFailure(await misled.run({ secret: true })).message).toMatch(
      /the server at .* did not identify itself.*no container engine/,
    );
    await misled.close();
    return seen;
  } finally {
    stranger.closeAllConnections();
    stranger.close();
  }
}

test('deployments with one name in two homes, or on two machines, run side by side and are undone separately', async () => {
  const { runner, plan } = await makeRunner({ 'app.py': 'def predict(): return 1' });
  const handle = (await runner.start({ env: {} })) as DockerHandle;
  const otherHome = new DockerRunner({ ...plan, stateDirectory: `${plan.stateDirectory}-other` });
  started.push(otherHome);
  const other = (await otherHome.start({ env: {} })) as DockerHandle;
  expect(other.image).not.toBe(handle.image);
  expect(new Set(await listContainers(plan))).toEqual(new Set([handle.container, other.container]));
  await onMachine('another', async () => {
    const remote = new DockerRunner(plan);
    await remote.stop();
    await remote.undo();
    await remote.attach(handle);
    expect(await readLines(remote.logs(), 100)).toContainEqual(expect.stringContaining('serves predict'));
  });
  expect([await runner.run({}), await otherHome.run({})]).toEqual(Array(2).fill({ status: 'success', output: 1 }));
  await otherHome.undo();
  expect(await ignoreMissing(engine.getImage(other.image).inspect())).toBeUndefined();
  expect([await runner.isHealthy(), await listContainers(plan)]).toMatchObject([
    { isHealthy: true },
    [handle.container],
  ]);
  expect(await listImages(plan)).toEqual([handle.image]);

  // A user's own container may have the same name.
  const taken = { ...plan, stateDirectory: `${plan.stateDirectory}-taken` };
  const { id } = await engine.createContainer({ name: containerName(taken), Image: handle.image });
  const refused = new DockerRunner(taken);
  expect((await catchError(refused.start({ env: {} }))).message).toContain(
    `another program's container has the name ${containerName(taken)}`,
  );
  await refused.undo();
  expect(await ignoreMissing(engine.getContainer(id).inspect())).toBeDefined();
  await engine.getContainer(id).remove();
});

async function onMachine(id: string, act: () => Promise<void>): Promise<void> {
  process.env.BERTH_HOST_ID = id;
  try {
    await act();
  } finally {
    delete process.env.BERTH_HOST_ID;
  }
}

test('resources of an earlier build, named without a mark, are taken over, listed and undone', async () => {
  const { plan } = await makeRunner({ 'app.py': 'def predict(): return 1' });
  const stateDirectory = join(root, 'home', plan.deployment, 'revisions', 'r1', 'state');
  const runner = new DockerRunner({ ...plan, stateDirectory });
  started.push(runner);
  const first = (await runner.start({ env: {} })) as DockerHandle;
  const { Config, HostConfig } = await engine.getContainer(first.container).inspect();
  await runner.stop();
  const [, mark = ''] = homeMarks({ ...plan, stateDirectory });
  const name = legacyContainerName(plan);
  const Labels = { ...Config.Labels, [labels.home]: mark };
  const legacy = await engine.createContainer({ ...Config, Labels, HostConfig, name });
  const image = buildImageReference({ name: imageName(plan), owner: mark, content: Config.Labels[contentLabel] ?? '' });
  await engine.getImage(first.image).tag({ repo: `berth/${plan.deployment}`, tag: image.split(':')[1] ?? '' });
  expect(await runner.start({ env: {} })).toMatchObject({ container: legacy.id, image: first.image });
  expect(await runner.run({})).toEqual({ status: 'success', output: 1 });
  const listed = await DockerRunner.listResources({ deployments: join(root, 'home') });
  expect(listed.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual(
    [`container ${name}`, `image ${first.image}`, `image ${image}`].sort(),
  );
  await runner.undo();
  expect([await listContainers(plan), await listImages(plan)]).toEqual([[], []]);
});

test('a container that cannot be removed is reported, with the command to remove it', async () => {
  const { runner, plan } = await makeRunner({ 'app.py': 'def predict(): return 1' });
  const container = engine.getContainer(((await runner.start({ env: {} })) as DockerHandle).container);
  container.remove = () => Promise.resolve(); // like an engine that takes too long
  const error = await catchError(removeContainer(container, plan));
  expect(error.code).toBe('UNDO_INCOMPLETE');
  expect(error.message).toMatch(new RegExp(`: docker rm --force ${containerName(plan)}$`));
});

test('the check of needs names the engine, or the remedy when none answers', async () => {
  expect(await findNeeds()).toMatchObject([{ isMet: true, remedy: null }]);
  const before = process.env.DOCKER_HOST;
  process.env.DOCKER_HOST = `unix://${join(root, 'nobody.sock')}`;
  try {
    expect(await findNeeds()).toMatchObject([{ isMet: false, remedy: expect.stringContaining('DOCKER_HOST') }]);
    const runner = new DockerRunner(
      await createDockerPlan(join(root, 'nobody'), { 'app.py': 'def predict(): return 1' }),
    );
    expect((await catchError(runner.start({ env: {} }))).code).toBe('ENGINE_UNREACHABLE');
    await runner.undo();
  } finally {
    if (before === undefined) delete process.env.DOCKER_HOST;
    else process.env.DOCKER_HOST = before;
  }
  await expect(openEngine('ssh://host')).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' });
});

test('requirements are installed before the code is copied, on the requested Python', async () => {
  const plan = await createDockerPlan(join(root, 'layers'), {
    'requirements.txt': 'idna==3.10\n-r more/other.txt\n',
    'more/other.txt': 'six\n',
    '.python-version': '3.12',
    'app.py': 'import idna\ndef predict(): return idna.__version__',
  });
  expect(existsSync(join(plan.directory, '.dockerignore'))).toBe(true);
  const text = readFileSync(join(plan.directory, 'Dockerfile'), 'utf8');
  expect(text).toMatch(/^ARG BASE=python:3\.12\.\d+-slim-bookworm$/m);
  expect(text.indexOf('COPY more/other.txt more/')).toBeLessThan(text.indexOf('COPY --chown=berth . .'));
  expect(text.indexOf('pip install --requirement requirements.txt')).toBeLessThan(
    text.indexOf('COPY --chown=berth . .'),
  );
  expect(text).toMatch(/^USER berth$/m);
  process.env.BERTH_DOCKER_BASE = 'python:3.11.13-slim-bookworm';
  const runner = new DockerRunner({ ...plan, deployment: `${mark}-layers` });
  started.push(runner);
  try {
    await runner.start({ env: {} });
    expect(await runner.run({})).toEqual({ status: 'success', output: '3.10' });
  } finally {
    delete process.env.BERTH_DOCKER_BASE;
  }
});

test('an existing Dockerfile keeps its name, and the generated one gets another', async () => {
  const plan = await createDockerPlan(join(root, 'taken'), {
    Dockerfile: 'FROM scratch\nRUN train\n',
    'app.py': 'def predict(): return 1',
  });
  expect(plan.runInterface).toMatchObject({ dockerfile: 'Dockerfile.berth', serves: { module: 'app' } });
  expect(readFileSync(join(plan.directory, 'Dockerfile'), 'utf8')).toBe('FROM scratch\nRUN train\n');
});

test('it listens only on loopback unless it is exposed', async () => {
  await checkExposure(async (changes) => (await makeRunner({ 'app.py': 'def predict(): return 1' }, changes)).runner);
});
