/** @needs python3 container-engine */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { DockerHandle } from '../../strategies/docker/docker-handle.js';
import { setUpDocker } from './docker-setup.js';

// Requirement files in images.

const setup = setUpDocker('requirements');
const app = 'import six\ndef predict(): return six.__version__\n';
const wheel = '8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254';

test('a wrong hash is refused in an image, too', async () => {
  const line = (hash: string) => ({ 'app.py': app, 'requirements.txt': `six==1.16.0 --hash=sha256:${hash}\n` });
  const { runner } = await setup.makeRunner(line(wheel));
  await runner.start({ env: {} });
  expect(await runner.run({})).toEqual({ status: 'success', output: '1.16.0' });
  const wrong = await setup.makeRunner(line('0'.repeat(64)));
  await expect(wrong.runner.start({ env: {} })).rejects.toMatchObject({
    code: 'BUILD_FAILED',
    details: { evidence: expect.stringContaining('DO NOT MATCH THE HASHES') },
  });
}, 180_000);

test('a variable in an address reaches the step that needs it, but no layer and no log', async () => {
  const canary = 'canary-of-requirements-5c1e';
  const named = `\${${'PACKAGE_TOKEN'}}`;
  const files = {
    'app.py': app,
    'requirements.txt': `--extra-index-url http://127.0.0.1:9/${named}/simple\nsix==1.16.0\n`,
  };
  const none = await setup.makeRunner(files);
  await expect(none.runner.start({ env: {} })).rejects.toMatchObject({
    code: 'ENV_MISSING',
    details: { variable: 'PACKAGE_TOKEN' },
  });
  const { runner, plan } = await setup.makeRunner(files);
  const handle = (await runner.start({ env: { PACKAGE_TOKEN: canary } })) as DockerHandle;
  const image = setup.engine.getImage(handle.image);
  const described = JSON.stringify([await image.inspect(), await image.history()]);
  const log = readFileSync(plan.logFile, 'utf8');
  expect(log).toContain('http://127.0.0.1:9/[redacted]/simple');
  expect(described + log + readFileSync(join(plan.directory, 'Dockerfile'), 'utf8')).not.toContain(canary);
}, 180_000);

test('a package without code for its build backend is left out of the image, and each start reports it', async () => {
  const files = {
    'app.py': app,
    'pyproject.toml':
      '[tool.poetry]\nname = "no-such-code"\nversion = "1"\ndescription = ""\nauthors = []\n[tool.poetry.dependencies]\npython = ">=3.9"\nsix = "1.16.0"\n[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n',
  };
  const notes = [
    'The repository’s own package cannot be built (No file/folder found for package no-such-code): its code is imported from the repository.',
  ];
  for (const time of ['first', 'from the cache']) {
    const { runner } = await setup.makeRunner(files);
    expect([time, await runner.start({ env: {} })]).toMatchObject([time, { notes }]);
    expect(await runner.run({})).toEqual({ status: 'success', output: '1.16.0' });
  }
}, 180_000);

test('a package build that fails for another reason fails the image', async () => {
  const { runner } = await setup.makeRunner({
    'app.py': app,
    'requirements.txt': 'six==1.16.0\n',
    'setup.py': 'raise RuntimeError("the compiler is on holiday")\n',
  });
  await expect(runner.start({ env: {} })).rejects.toMatchObject({
    code: 'BUILD_FAILED',
    details: { evidence: expect.stringContaining('the compiler is on holiday') },
  });
}, 180_000);
