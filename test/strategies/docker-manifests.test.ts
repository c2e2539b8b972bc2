/** @needs python3 container-engine uv */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { findUv } from '../../src/environments/index.js';
import { DockerRunner } from '../../strategies/docker/runner.js';
import { openTestEngine } from '../support/docker-engine.js';
import {
  registerCleanup,
  temporaryDirectory,
  temporaryHome,
  temporarySolution,
} from '../support/temporary-directories.js';
import { createDockerPlan } from './docker-plan.js';

beforeAll(async () => {
  await openTestEngine();
}, 300_000);

const root = temporaryDirectory('berth-docker-');
const started: DockerRunner[] = [];
registerCleanup(async () => {
  for (const runner of started) await runner.undo();
});

const app = 'import six\ndef predict(): return six.__version__\n';
const pyproject = (dependency: string) =>
  `[project]\nname = "demo"\nversion = "0"\nrequires-python = ">=3.9"\ndependencies = ["${dependency}"]\n`;

/** Lock file as uv writes it, with a version that pyproject.toml alone would not select. */
async function lockByUv(): Promise<Record<string, string>> {
  const directory = temporarySolution({ 'pyproject.toml': pyproject('six==1.15.0') });
  execFileSync(await findUv(temporaryHome()), ['lock', '--quiet'], { cwd: directory });
  const lock = readFileSync(join(directory, 'uv.lock'), 'utf8').replaceAll('==1.15.0', '>=1.14');
  return { 'pyproject.toml': pyproject('six>=1.14'), 'uv.lock': lock };
}

const poetry = {
  'pyproject.toml': '[tool.poetry.dependencies]\npython = "^3.9"\nsix = "^1.13"\n',
  'poetry.lock': '[[package]]\nname = "six"\nversion = "1.14.0"\noptional = false\nfiles = []\n',
};
const pipenv = {
  Pipfile: '[packages]\nsix = "*"\n',
  'Pipfile.lock': '{"_meta": {}, "default": {"six": {"version": "==1.13.0"}}}',
};
const cog = {
  'cog.yaml': `build:
  python_version: "3.11"
  python_packages: [six==1.12.0]
  run: [echo done > /etc/asked-for]
predict: "app.py:Predictor"
`,
  'app.py': `import six
from cog import BasePredictor
class Predictor(BasePredictor):
    def predict(self) -> str: return six.__version__ + open("/etc/asked-for").read().strip()
`,
};

test('images contain what uv, Poetry and Pipenv have locked and what Cog requires', async () => {
  const repositories = { uv: await lockByUv(), poetry, pipenv, cog };
  const answers = await Promise.all(
    Object.entries(repositories).map(async ([name, files]) => {
      const deployment = `m${process.pid}-${name}`;
      const plan = await createDockerPlan(join(root, name), { 'app.py': app, ...files }, { deployment });
      const runner = new DockerRunner(plan);
      started.push(runner);
      await runner.start({ env: {} });
      return [name, await runner.run({})];
    }),
  );
  const success = (output: string) => ({ status: 'success', output });
  expect(Object.fromEntries(answers)).toEqual({
    uv: success('1.15.0'),
    poetry: success('1.14.0'),
    pipenv: success('1.13.0'),
    cog: success('1.12.0done'),
  });
});
