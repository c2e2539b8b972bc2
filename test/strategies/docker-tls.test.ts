/** @needs python3 container-engine openssl */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { findEngineAddress, openEngine } from '../../src/runners/containers/index.js';
import { DockerRunner } from '../../strategies/docker/runner.js';
import { openTestEngine } from '../support/docker-engine.js';
import { registerCleanup, temporaryDirectory } from '../support/temporary-directories.js';
import { startTlsProxy, type TlsProxy } from '../support/tls-proxy.js';
import { createDockerPlan } from './docker-plan.js';

// The engine of the other tests, reached like one on another machine: `DOCKER_HOST=tcp://…` with certificates.

const direct = findEngineAddress();
let proxy: TlsProxy;
beforeAll(async () => {
  await openTestEngine();
  proxy = await startTlsProxy(new URL(direct).pathname);
}, 300_000);

const names = ['DOCKER_HOST', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH', 'PIP_INDEX_URL'];
const before = names.map((name) => [name, process.env[name]] as const);
afterEach(() => {
  for (const [name, value] of before)
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
});

function useProxy(certificates = proxy.certificates): string {
  process.env.DOCKER_HOST = `tcp://127.0.0.1:${proxy.port}`;
  process.env.DOCKER_TLS_VERIFY = '1';
  process.env.DOCKER_CERT_PATH = certificates;
  return process.env.DOCKER_HOST;
}

const root = temporaryDirectory('berth-docker-');

test('an engine behind TLS builds with secrets, runs, logs and stops', async () => {
  const address = useProxy();
  process.env.PIP_INDEX_URL = 'https://packages.example/simple';
  const deployment = `tls-${process.pid}`;
  const files = {
    Dockerfile: `FROM python:3.11.13-slim-bookworm
RUN echo ${deployment}
RUN --mount=type=secret,id=pip.conf,required grep -q packages.example /run/secrets/pip.conf
COPY serve.py /
EXPOSE 7000
CMD ["python", "/serve.py"]
`,
    'serve.py': `from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        print("asked", flush=True)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)
HTTPServer(("", 7000), Handler).serve_forever()
`,
  };
  const plan = await createDockerPlan(join(root, deployment), files, { deployment, entry: '/' });
  const runner = new DockerRunner(plan);
  registerCleanup(async () => {
    useProxy();
    await runner.undo();
  });
  const handle = await runner.start({ env: {} });
  expect(handle).toMatchObject({ engine: address, endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/) });
  expect(await runner.run({ n: 1 })).toEqual({ status: 'success', output: { n: 1 } });
  expect(await runner.isHealthy()).toMatchObject({ isHealthy: true });
  const lines: string[] = [];
  for await (const line of runner.logs({ tail: 5 })) lines.push(line);
  expect(lines).toContain('asked');
  await runner.stop();
  expect(await runner.isHealthy()).toMatchObject({ state: 'gone' });
});

test('without accepted certificates the engine cannot be reached, and the error says why', async () => {
  const others = await startTlsProxy(new URL(direct).pathname);
  await expect(openEngine(useProxy(others.certificates))).rejects.toMatchObject({
    code: 'ENGINE_UNREACHABLE',
    message: expect.stringMatching(/certificate|alert/),
  });
  rmSync(join(others.certificates, 'key.pem'));
  await expect(openEngine(useProxy(others.certificates))).rejects.toMatchObject({
    code: 'ENGINE_UNREACHABLE',
    message: expect.stringContaining('key.pem'),
  });
  const address = useProxy().replace('tcp:', 'http:');
  delete process.env.DOCKER_TLS_VERIFY;
  await expect(openEngine(address)).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' });
});
