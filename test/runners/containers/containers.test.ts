import { chmodSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { digestContext, listContext, listPrograms } from '../../../src/runners/containers/build-context.js';
import { describeUnusedSecrets } from '../../../src/runners/containers/build-secrets.js';
import { findCredentials } from '../../../src/runners/containers/docker-login.js';
import { choosePublishedAddress, findBuildSecrets, findEngineAddress } from '../../../src/runners/containers/index.js';
import { listBaseImages } from '../../../src/runners/containers/list-base-images.js';
import { cacheCredentials, suggestLogin } from '../../../src/runners/containers/registry-credentials.js';
import { temporarySolution } from '../../support/temporary-directories.js';

test('an engine is found by DOCKER_HOST, or at the usual sockets', () => {
  expect(findEngineAddress({ DOCKER_HOST: 'tcp://build.example:2376' })).toBe('tcp://build.example:2376');
  expect(findEngineAddress({})).toMatch(/^unix:\/\/\/.+\.sock$/);
});

test('a port is published only on loopback unless it is exposed; on another machine, only when it is exposed', () => {
  const loopback = '127.0.0.1';
  const alone = { listen: loopback, call: loopback, displayAddress: loopback };
  expect(choosePublishedAddress('unix:///var/run/docker.sock', {})).toEqual(alone);
  expect(choosePublishedAddress('tcp://localhost:2375', {})).toEqual(alone);
  const everywhere = { expose: '0.0.0.0' };
  expect(choosePublishedAddress('unix:///var/run/docker.sock', everywhere)).toEqual({
    listen: '0.0.0.0',
    call: loopback,
    displayAddress: '0.0.0.0',
  });
  const remote = 'tcp://build.example:2376';
  expect(() => choosePublishedAddress(remote, {})).toThrow('is on another machine');
  expect(choosePublishedAddress(remote, everywhere)).toEqual({
    listen: '0.0.0.0',
    call: 'build.example',
    displayAddress: 'build.example',
  });
  expect(choosePublishedAddress(remote, { expose: '10.0.0.2' }).call).toBe('10.0.0.2');
});

test('a build context has the files that are not ignored, always the Dockerfile, and complete programs', async () => {
  const code = temporarySolution({
    Dockerfile: 'FROM scratch\n',
    '.dockerignore': 'Dockerfile\n*.md\n!README.md\ndata/*\n!data/keep\n',
    'README.md': '',
    'notes.md': '',
    'data/large': '',
    'data/keep': '',
    '.git/config': '',
    'app.py': 'pass\n',
  });
  const program = temporarySolution({ 'serve.py': 'pass\n', '__pycache__/serve.pyc': '' });
  const entries = await listContext(code, 'Dockerfile');
  expect(entries.map(({ path }) => path)).toEqual(['.dockerignore', 'Dockerfile', 'README.md', 'app.py', 'data/keep']);
  const programs = await listPrograms({ '.berth/host': program });
  expect(programs.map(({ path }) => path)).toEqual(['.berth/host/serve.py']);
});

test('the same files have the same digest in any directory, and other settings another one', async () => {
  const files = { Dockerfile: 'FROM scratch\n', 'app.py': 'pass\n' };
  const digest = async (changes: Record<string, string>, setting = '') =>
    digestContext(await listContext(temporarySolution({ ...files, ...changes }), 'Dockerfile'), [setting]);
  const first = await digest({});
  expect(await digest({})).toBe(first);
  expect(await digest({ 'app.py': 'fail\n' })).not.toBe(first);
  expect(await digest({}, 'BASE=python:3.12')).not.toBe(first);
});

test('index and certificate settings become build secrets when they are set', async () => {
  expect(await findBuildSecrets({})).toEqual({});
  const bundle = `${temporarySolution({ 'ca.pem': 'CERTIFICATE\n' })}/ca.pem`;
  const secrets = await findBuildSecrets({
    UV_DEFAULT_INDEX: 'https://packages.example/simple',
    SSL_CERT_FILE: bundle,
  });
  expect(secrets).toEqual({
    'pip.conf': '[global]\nindex-url = https://packages.example/simple\ncert = /run/secrets/ca.pem\n',
    'ca.pem': 'CERTIFICATE\n',
  });
});

test('credentials of docker login are found for an image’s registry', async () => {
  const encode = (text: string) => Buffer.from(text).toString('base64');
  const directory = temporarySolution({
    'config.json': JSON.stringify({
      auths: {
        'https://index.docker.io/v1/': { auth: encode('me:a:b') },
        'https://old.example/v1/': { username: 'me', password: 'plain' },
        'token.example:5000': { auth: encode('00000000:'), identitytoken: 'long' },
        'kept.example': {},
      },
      credHelpers: { 'kept.example': 'berth-test', 'away.example': 'berth-absent' },
    }),
    'docker-credential-berth-test':
      '#!/bin/sh\nread name; echo "{\\"Username\\":\\"<token>\\",\\"Secret\\":\\"of $name\\"}"\n',
  });
  chmodSync(`${directory}/docker-credential-berth-test`, 0o755);
  const find = (registry: string) =>
    findCredentials(registry, { DOCKER_CONFIG: directory, PATH: `${directory}:${process.env.PATH}` });
  expect(await find('docker.io')).toEqual({ username: 'me', password: 'a:b' });
  expect(await find('registry-1.docker.io')).toEqual(await find('docker.io'));
  expect(await find('old.example')).toEqual({ username: 'me', password: 'plain' });
  expect(await find('token.example:5000')).toEqual({ identitytoken: 'long' });
  expect(await find('kept.example')).toEqual({ identitytoken: 'of kept.example' });
  expect(await find('other.example')).toBeUndefined();
  expect(await findCredentials('docker.io', { DOCKER_CONFIG: `${directory}/none` })).toBeUndefined();

  const broken = temporarySolution({ 'config.json': '{"auths": "canary' });
  await expect(findCredentials('docker.io', { DOCKER_CONFIG: broken })).rejects.toThrow(/config\.json is not JSON$/);

  const lines: string[] = [];
  const ask = cacheCredentials(async (line) => void lines.push(line), { DOCKER_CONFIG: directory, PATH: '/nowhere' });
  expect([await ask('away.example'), await ask('away.example')]).toEqual([undefined, undefined]);
  expect(lines).toEqual([expect.stringMatching(/^using away\.example without .*docker-credential-berth-absent/)]);
});

test.each([
  ['python:3', undefined],
  ['team/base', 'docker login'],
  ['ghcr.io/team/base:1', 'docker login ghcr.io'],
  ['localhost/base', 'docker login localhost'],
])('the error of a registry that refuses %s says how to log in', (image, login) => {
  const words = login === undefined ? `${image}: not found` : `${image}: pull access denied`;
  expect(suggestLogin(words, ['other', image])?.split(': ').at(-1)).toBe(login);
});

test('a Dockerfile that mounts none of the secrets is reported, with the line to add', () => {
  const secrets = { 'pip.conf': '', 'ca.pem': '' };
  const describe = (dockerfile: string, isBuildKit = true) =>
    describeUnusedSecrets(secrets, { dockerfile, isBuildKit });
  expect(describe('FROM x\nRUN --mount=type=secret,id=other pip install y\n')).toMatch(
    /does not use .*: RUN --mount=type=secret,id=pip.conf,target=\/etc\/pip.conf --mount=type=secret,id=ca.pem pip install …$/,
  );
  expect(describe('FROM x\nRUN --mount=type=secret,id=pip.conf,required y\n')).toBeUndefined();
  expect(describe('FROM x\nCOPY . .\n')).toBeUndefined();
  expect(describe('FROM x\nRUN y\n', false)).toContain('no BuildKit');
  expect(describeUnusedSecrets({}, { dockerfile: 'RUN y', isBuildKit: true })).toBeUndefined();
});

const several = `# syntax=docker/dockerfile:1
ARG PYTHON=3.12 KIND="slim"
ARG BASE=python:\${PYTHON}-$KIND
FROM --platform=$BUILDPLATFORM golang:1.23 AS Tools
# FROM nothing
RUN <<END
FROM no_image
END
FROM \\
  \${REGISTRY:-registry.example:5000}/team/\${NAME:+named}base@sha256:abc
COPY --from=tools /tool /
COPY --chown=1:1 --from=ghcr.io/some/uv:latest /uv /
COPY --from=0 /other /
RUN --mount=type=bind,from=busybox,target=/box true
from tools
FROM $BASE
FROM scratch
`;

test('base images of a Dockerfile do not include its own stages', () => {
  expect(listBaseImages(several)).toEqual([
    'golang:1.23',
    'registry.example:5000/team/base@sha256:abc',
    'ghcr.io/some/uv:latest',
    'busybox',
    'python:3.12-slim',
  ]);
  expect(listBaseImages(several, { PYTHON: '3.13' })).toContain('python:3.13-slim');
  expect(listBaseImages('ARG BASE=python:3.11\r\nFROM $BASE\r\n', { BASE: 'ours:1' })).toEqual(['ours:1']);
});
