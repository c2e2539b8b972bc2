/** @needs openssl */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { packageRoot } from '../../src/home/package-root.js';
import { findProxy } from '../../src/network/proxy.js';
import { withDeadline } from '../../src/runners/call-deadline.js';
import { requestCloud } from '../../src/runners/cloud/cloud-api.js';
import { callHttp } from '../../src/runners/http/http-call.js';
import { startConnectProxy } from '../support/connect-proxy.js';
import { registerCleanup, temporaryDirectory } from '../support/temporary-directories.js';
import { createAuthority, signCertificate } from '../support/tls-proxy.js';

const certificates = temporaryDirectory('berth-tls-');
let port: number;

/** Answers with the request, and redirects one path to another. */
beforeAll(async () => {
  createAuthority(certificates);
  signCertificate(certificates, 'server', 'subjectAltName=DNS:cloud.test,IP:127.0.0.1');
  const read = (file: string) => readFileSync(join(certificates, file));
  const server = createServer({ cert: read('server.pem'), key: read('server.key') }, async (request, answer) => {
    if (request.url === '/moved') return void answer.writeHead(302, { location: '/' }).end();
    answer.end(`${request.method} ${request.headers.host} ${await text(request)}\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  registerCleanup(() => {
    server.closeAllConnections();
    server.close();
  });
});

afterEach(() => {
  delete process.env.HTTPS_PROXY;
  delete process.env.NO_PROXY;
});

async function makeCalls(
  calls: [string, string][],
  variables: Record<string, string>,
): Promise<Record<string, string>> {
  const { https_proxy: _, HTTPS_PROXY: __, no_proxy: ___, NO_PROXY: ____, ...own } = process.env;
  const env = { ...own, NODE_EXTRA_CA_CERTS: join(certificates, 'ca.pem'), ...variables };
  const argv = [join(packageRoot, 'test', 'support', 'proxied-calls.mjs'), JSON.stringify(calls)];
  return JSON.parse((await promisify(execFile)(process.execPath, argv, { env })).stdout);
}

test('remote servers are called through the proxy, with its password, and this machine never is', async () => {
  const proxy = await startConnectProxy({ port, credentials: 'ann:geheim' });
  const HTTPS_PROXY = proxy.address.replace('//', '//ann:geheim@');
  const far = 'https://cloud.test/';
  const near = `https://127.0.0.1:${port}/`;
  const kinds = ['call', 'keepAlive', 'stream', 'fetch', 'redirected'];
  const results = await makeCalls(
    kinds.map((kind) => [kind, far]),
    { HTTPS_PROXY },
  );
  expect(results).toEqual({
    call: 'GET cloud.test \n',
    keepAlive: Array(3).fill('POST cloud.test x\n').join(),
    stream: 'GET cloud.test ',
    fetch: 'POST cloud.test text\n',
    redirected: 'GET cloud.test \n',
  });
  expect(proxy.targets).toEqual(Array(6).fill('cloud.test:443')); // `keepAlive` uses one connection, `redirected` two

  expect(await makeCalls([['call', near]], { HTTPS_PROXY })).toEqual({ call: `GET 127.0.0.1:${port} \n` });
  const direct = await makeCalls([['call', far]], { HTTPS_PROXY, NO_PROXY: 'example.com,.test' });
  expect(direct.call).toMatch(/^(ENOTFOUND|EAI_AGAIN)/);
  expect(proxy.targets).toHaveLength(6);
});

const cloud = { cloud: 'LangSmith', address: 'https://cloud.test', variable: 'LANGSMITH_API_KEY', headers: {} };

test('an unusable proxy is named, without its password', async () => {
  const { address } = await startConnectProxy({ port, credentials: 'ann:else' });
  const refusing = address.replace('//', '//ann:geheim@');
  for (const [proxy, reason] of [
    [
      'http://ann:geheim@127.0.0.1:1',
      'the proxy http://127.0.0.1:1 cannot be reached: connect ECONNREFUSED 127.0.0.1:1',
    ],
    [refusing, `the proxy ${address} refuses the connection to cloud.test: 407 Proxy Authentication Required`],
    ['socks5://ann:geheim@127.0.0.1:1', 'is of an unsupported kind: socks5://127.0.0.1:1; use http://HOST:PORT'],
  ] as const) {
    process.env.HTTPS_PROXY = proxy;
    const error = await (requestCloud(cloud, { path: '/' }) as Promise<Error>).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'CLOUD_UNREACHABLE', retryable: true });
    expect(error.message).toMatch(/^LangSmith cannot be reached at https:\/\/cloud\.test: the proxy/);
    expect(error.message).toContain(reason);
    const answer = await withDeadline({ timeout: 10 }, async (signal) => {
      await callHttp({ url: cloud.address, signal });
      return { status: 'success', output: null };
    });
    expect(answer).toMatchObject({ error: { code: 'CALL_LOST', message: expect.stringContaining(reason) } });
    expect(JSON.stringify([error.message, answer])).not.toContain('geheim');
  }
});

test('a proxy is used only for https, is HTTP by default, and NO_PROXY overrides it', async () => {
  process.env.HTTPS_PROXY = 'proxy.corp:3128';
  expect(String(await findProxy('https://cloud.test/'))).toBe('http://proxy.corp:3128/');
  expect(await findProxy('http://cloud.test/')).toBeUndefined();
  for (const host of ['localhost', 'app.localhost', '127.0.0.1', '127.1.2.3', '[::1]'])
    expect(await findProxy(`https://${host}:8443/`)).toBeUndefined();
  process.env.NO_PROXY = '*';
  expect(await findProxy('https://cloud.test/')).toBeUndefined();
});
