import { expect, test } from '@jest/globals';
import { digestContext, listContext, listPrograms } from '../../src/runners/containers/build-context.js';
import { choosePublication, findBuildSecrets, findEngineAddress } from '../../src/runners/containers/index.js';
import { listBaseImages } from '../../src/runners/containers/list-base-images.js';
import { temporarySolution } from '../support/temporary.js';

test('an engine is looked for where DOCKER_HOST says, else at the usual sockets', () => {
  expect(findEngineAddress({ DOCKER_HOST: 'tcp://build.example:2376' })).toBe('tcp://build.example:2376');
  expect(findEngineAddress({})).toMatch(/^unix:\/\/\/.+\.sock$/);
});

test('a port is published on loopback alone unless it is exposed, and on another machine only then', () => {
  const loopback = '127.0.0.1';
  const alone = { listen: loopback, call: loopback, shown: loopback };
  expect(choosePublication('unix:///var/run/docker.sock', {})).toEqual(alone);
  expect(choosePublication('tcp://localhost:2375', {})).toEqual(alone);
  const everywhere = { expose: '0.0.0.0' };
  expect(choosePublication('unix:///var/run/docker.sock', everywhere)).toEqual({
    ...{ listen: '0.0.0.0', call: loopback, shown: '0.0.0.0' },
  });
  const remote = 'tcp://build.example:2376';
  expect(() => choosePublication(remote, {})).toThrow('is another machine');
  expect(choosePublication(remote, everywhere)).toEqual({
    ...{ listen: '0.0.0.0', call: 'build.example', shown: 'build.example' },
  });
  expect(choosePublication(remote, { expose: '10.0.0.2' }).call).toBe('10.0.0.2');
});

test('a build gets what its ignore file leaves, the Dockerfile in any case, and programs whole', async () => {
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

test('the same files make the same digest, wherever they lie, and other settings another', async () => {
  const files = { Dockerfile: 'FROM scratch\n', 'app.py': 'pass\n' };
  const digest = async (changes: Record<string, string>, setting = '') =>
    digestContext(await listContext(temporarySolution({ ...files, ...changes }), 'Dockerfile'), [setting]);
  const first = await digest({});
  expect(await digest({})).toBe(first);
  expect(await digest({ 'app.py': 'fail\n' })).not.toBe(first);
  expect(await digest({}, 'BASE=python:3.12')).not.toBe(first);
});

test('index and authority become the secrets of a build; what is not set is not there', async () => {
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

test('a Dockerfile builds on the images that it names, and not on its own stages', () => {
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
