/** @needs python3 container-engine */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { DockerHandle } from '../../strategies/docker/docker-handle.js';
import { readLines } from './conformance.js';
import { setUpDocker } from './docker-setup.js';

const setup = setUpDocker('secrets');
const canary = 'canary-of-env-7f3a';

test('a variable reaches the software, but no image, label, log or file of the revision', async () => {
  const source = 'import os\ndef predict(): return len(os.environ["SECRET"])\n';
  const { runner, plan } = await setup.makeRunner({ 'app.py': source });
  const handle = (await runner.start({ env: { SECRET: canary } })) as DockerHandle;
  expect(await runner.run({})).toEqual({ status: 'success', output: canary.length });
  const image = setup.engine.getImage(handle.image);
  const { Config } = await setup.engine.getContainer(handle.container).inspect();
  expect(Config.Env).toContain(`SECRET=${canary}`); // the engine has it as long as the container exists
  const visible = {
    handle,
    labels: Config.Labels,
    command: Config.Cmd,
    image: await image.inspect(),
    history: await image.history(),
    log: await readLines(runner.logs(), Number.POSITIVE_INFINITY),
  };
  await runner.stop();
  expect(JSON.stringify(visible)).not.toContain(canary);
  const files = [plan.logFile, ...listFiles(plan.stateDirectory), ...listFiles(plan.directory)];
  expect(files.length).toBeGreaterThan(3);
  expect(files.filter((file) => readFileSync(file, 'latin1').includes(canary))).toEqual([]);
});

const listFiles = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
