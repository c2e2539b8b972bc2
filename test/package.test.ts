/** @needs git python3 uv temporal */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from '@jest/globals';
import { packageRoot } from '../src/home/package-root.js';
import { temporaryDirectory, temporarySolution } from './support/temporary-directories.js';

const execute = promisify(execFile);

const home = temporaryDirectory('berth-home-');
const prefix = temporaryDirectory('berth-prefix-');
const solution = temporarySolution({
  'main.py': 'def predict(inputs):\n    return {"doubled": inputs["number"] * 2}\n',
});

const environment = { ...process.env, BERTH_HOME: home, TEMPORAL_ADDRESS: undefined };

/** Runs the installed command in a directory outside of the package. */
async function berth(...words: string[]): Promise<unknown> {
  const command = join(prefix, 'bin', 'berth');
  const { stdout } = await execute(command, [...words, '--json'], { cwd: home, env: environment });
  return JSON.parse(stdout);
}

// Not afterAll: the software must be gone before its directories are removed.
afterEach(async () => {
  if (!existsSync(join(prefix, 'bin', 'berth'))) return;
  await berth('cleanup', '--all', '--yes').catch(() => undefined);
  await berth('down');
});

test('the packed package works after a global install into an empty prefix', async () => {
  // Without scripts: packing must not build again while other tests use the build.
  const packed = await execute('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', prefix], {
    cwd: packageRoot,
  });
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  // Without scripts, too: the package must work on a machine that runs no install scripts.
  const install = [
    'install',
    '--ignore-scripts',
    '--global',
    '--prefix',
    prefix,
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
  ];
  await execute('npm', [...install, join(prefix, filename)], { cwd: home });

  const strategies = await berth('strategies', 'list');
  expect(strategies).toContainEqual(expect.objectContaining({ name: 'local', origin: 'built-in', state: 'ready' }));
  const deployed = await berth(
    'deploy',
    solution,
    '--name',
    'doubler',
    '--strategy',
    'local',
    '--input',
    '{"number": 21}',
  );
  expect(deployed).toMatchObject({ state: 'running', answer: { status: 'success', output: { doubled: 42 } } });
  expect(await berth('run', 'doubler', '{"number": 4}')).toEqual({ status: 'success', output: { doubled: 8 } });
  expect(await berth('cleanup', 'doubler', '--yes')).toMatchObject({ state: 'cleaned' });

  const { directory } = (await berth('strategies', 'new', 'mine')) as { directory: string };
  expect(await berth('strategies', 'test', 'mine')).toMatchObject({ failed: 0, skipped: 0, passed: 33 });
  await checkTypes(directory);
}, 240_000);

/** Checks a strategy's types like an editor, with the package in its `node_modules`. */
async function checkTypes(strategy: string): Promise<void> {
  const modules = join(strategy, 'node_modules');
  mkdirSync(modules);
  symlinkSync(join(prefix, 'lib', 'node_modules', 'berth'), join(modules, 'berth'));
  symlinkSync(join(packageRoot, 'node_modules', '@types'), join(modules, '@types'));
  const compiler = join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--module', 'nodenext', '--target', 'es2022', '--strict', '--noEmit', '--types', 'node'];
  const files = ['runner.ts', 'recipes.ts', 'needs.ts', 'conformance.ts'].map((file) => join(strategy, file));
  writeFileSync(join(strategy, 'package.json'), '{ "type": "module" }');
  await execute(process.execPath, [compiler, ...options, ...files], { cwd: strategy }).catch(({ stdout }) => {
    throw new Error(stdout);
  });
}
