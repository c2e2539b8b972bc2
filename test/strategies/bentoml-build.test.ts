/** @needs python3 uv */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { findProcessesByVariable } from '../../src/processes/processes-by-environment.js';
import { serverRecord } from '../../src/runners/server/server-record.js';
import { buildBento, findBento } from '../../strategies/bentoml/bento/build-bento.js';
import { BentoMLRunner } from '../../strategies/bentoml/runner.js';
import { temporaryDirectory } from '../support/temporary-directories.js';
import { annotatedRepository } from './annotated-repository.js';
import { createBentoPlan, prepareBentoEnvironment } from './bentoml-plan.js';

beforeAll(async () => {
  await prepareBentoEnvironment();
});

const service = `import bentoml

@bentoml.service
class Greeter:
    @bentoml.api
    def greet(self, name: str) -> str:
        return "hello " + name
`;

test('a bento of the revision is built while the service is served, with the verified packages', async () => {
  const files = {
    'service.py': service,
    'names.txt': 'Ann\n',
    'bentofile.yaml':
      'service: service:Greeter\nname: greeter\nlabels: {team: a}\ninclude: ["*.py"]\npython: {packages: [nowhere]}\n',
  };
  const plan = await createBentoPlan(temporaryDirectory(), files);
  const runner = new BentoMLRunner(plan);
  await runner.start({ env: {} });
  await runner.archive({ env: {} });
  const home = join(plan.stateDirectory, 'bentoml');
  const python = plan.environment?.python ?? '';
  const env = { ...process.env, BENTOML_HOME: home, BENTOML_DO_NOT_TRACK: 'True' };
  const listed: unknown = JSON.parse(execFileSync(python, ['-m', 'bentoml', 'list', '-o', 'json'], { env }).toString());
  expect(listed).toMatchObject([{ tag: 'greeter:r1' }]);
  const bento = join(home, 'bentos', 'greeter', 'r1');
  const requirements = readFileSync(join(bento, 'env', 'python', 'requirements.txt'), 'utf8');
  expect(requirements).toMatch(/^bentoml==1\.\d+\.\d+$/m);
  expect(requirements).toMatch(/^numpy==/m);
  expect(requirements).not.toContain('nowhere');
  expect(() => readFileSync(join(bento, 'src', 'names.txt'))).toThrow('ENOENT');
  const lines: string[] = [];
  await runner.stop();
  await runner.start({ env: {} });
  await runner.archive({ env: {}, onProgress: (line) => lines.push(line) });
  expect(lines).toEqual([]);
  await runner.undo();
});

test('a bento that cannot be built is reported, and the service is still served', async () => {
  const files = { 'service.py': service, 'bentofile.yaml': 'service: service:Greeter\nno_such_key: 1\n' };
  const plan = await createBentoPlan(temporaryDirectory(), files);
  const runner = new BentoMLRunner(plan);
  const lines: string[] = [];
  await runner.start({ env: {} });
  await runner.archive({ env: {}, onProgress: (line) => lines.push(line) });
  expect(lines.join('\n')).toMatch(/no bento was built of r1: bentoml build exited with code 1: .*no_such_key/);
  // Another worker tries again, and does not report the failure again.
  await new BentoMLRunner(plan).archive({ env: {}, onProgress: (line) => lines.push(line) });
  expect(lines.join('\n').split('no bento was built')).toHaveLength(2);
  expect(readFileSync(plan.logFile, 'utf8').split('no bento was built')).toHaveLength(2);
  expect(await runner.run({ name: 'Bo' })).toEqual({ status: 'success', output: 'hello Bo' });
  await runner.undo();
});

test('a build ends with the service, silently', async () => {
  const plan = await createBentoPlan(temporaryDirectory(), { 'service.py': service });
  const mark = `BERTH_SERVER=${join(plan.stateDirectory, 'bentoml')}`;
  const runner = new BentoMLRunner(plan);
  const lines: string[] = [];
  const onProgress = (line: string) => lines.push(line);
  await runner.start({ env: {} });
  const archiving = runner.archive({ env: {}, onProgress });
  while (findProcessesByVariable(mark).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await runner.stop();
  await archiving;
  expect(findProcessesByVariable(mark)).toEqual([]);
  // Two concurrent builds that begin after the stop has looked for builds.
  await runner.start({ env: {} });
  const both = [runner.archive({ env: {}, onProgress }), runner.archive({ env: {}, onProgress })];
  while (findProcessesByVariable(mark).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await serverRecord.remove(plan);
  await Promise.all(both);
  expect(findProcessesByVariable(mark)).toEqual([]);
  expect(await findBento(plan, 'r1')).toBeUndefined();
  expect(lines).toEqual([]);
  await runner.undo();
});

test('only one of two processes builds the bento', async () => {
  const plan = await createBentoPlan(temporaryDirectory(), { 'service.py': service });
  const runner = new BentoMLRunner(plan);
  const lines: string[] = [];
  const onProgress = (line: string) => lines.push(line);
  await runner.start({ env: {} });
  await Promise.all([runner.archive({ env: {}, onProgress }), runner.archive({ env: {}, onProgress })]);
  expect(await findBento(plan, 'r1')).toMatchObject({ entryService: 'Greeter' });
  expect(lines).toEqual([]);
  await runner.undo();
});

test('a service that needs more than a bento can hold is refused, with this machine as the remedy', async () => {
  const plan = await createBentoPlan(temporaryDirectory(), { 'service.py': service });
  const cog = { ...plan, runInterface: { ...plan.runInterface, cog: true } };
  await expect(buildBento(cog, { version: 'r1', env: {} })).rejects.toMatchObject({
    code: 'START_FAILED',
    message: expect.stringContaining('serve it on this machine'),
  });
});

test('no bento is built of a service with inputs that need conversion: the error names the parameter and a remedy', async () => {
  const plan = await createBentoPlan(temporaryDirectory(), annotatedRepository);
  await expect(buildBento(plan, { version: 'r1', env: {} })).rejects.toMatchObject({
    code: 'START_FAILED',
    message: expect.stringMatching(
      /\(when: datetime\.date, item: Item, .*serve it on this machine, or let the entry take/,
    ),
  });
});

test('an interrupted build is repeated, and a canceled build leaves no process', async () => {
  const plan = await createBentoPlan(temporaryDirectory(), { 'service.py': service });
  const mark = `BERTH_SERVER=${join(plan.stateDirectory, 'bentoml')}`;
  const runner = new BentoMLRunner(plan);
  await runner.start({ env: {} }); // creates the directories
  await runner.stop();
  const cancel = new AbortController();
  const building = buildBento(plan, { version: 'r1-half', env: {}, signal: cancel.signal });
  while (findProcessesByVariable(mark).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  cancel.abort(new Error('enough'));
  await expect(building).rejects.toThrow('enough');
  expect(findProcessesByVariable(mark)).toEqual([]);
  const built = await buildBento(plan, { version: 'r1-half', env: {} });
  expect(built).toEqual({ tag: expect.stringMatching(/:r1-half$/), entryService: 'Greeter', timeout: 60 });
  expect(await buildBento(plan, { version: 'r1-half', env: {} })).toEqual(built);
  await runner.undo();
});
