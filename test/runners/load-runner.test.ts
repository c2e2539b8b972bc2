/** @needs python3 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { BerthError } from '../../src/errors.js';
import { builtInStrategiesDirectory } from '../../src/home/package-root.js';
import { loadRunnerClass, toModuleName } from '../../src/runners/load-runner.js';
import { ServerProcess } from '../../src/runners/server/server-process.js';
import { LocalRunner } from '../../strategies/local/runner.js';
import { temporarySolution } from '../support/temporary-directories.js';

test('a built-in strategy returns its own class', async () => {
  const module = join(builtInStrategiesDirectory, 'local', 'runner.ts');
  expect(await loadRunnerClass({ module, className: 'LocalRunner' })).toBe(LocalRunner);
});

test('a record names a built-in module by its relative path, so that another version finds it', async () => {
  expect(toModuleName(join(builtInStrategiesDirectory, 'local', 'runner.ts'))).toBe(join('local', 'runner'));
  const recorded = { module: join('local', 'runner'), className: 'LocalRunner' };
  expect(await loadRunnerClass(recorded)).toBe(LocalRunner);
  expect(toModuleName('/elsewhere/runner.ts')).toBe('/elsewhere/runner.ts');
});

test.each([
  ['runner.ts', 'export class Mine { readonly plan: unknown; constructor(plan: unknown) { this.plan = plan } }'],
  ['runner.js', 'export class Mine { constructor(plan) { this.plan = plan } }'],
])('a plugin’s %s is loaded', async (file, source) => {
  const directory = temporarySolution({ [file]: source });
  const Mine = await loadRunnerClass({ module: join(directory, file), className: 'Mine' });
  expect(new Mine({ deployment: 'd' } as never)).toEqual({ plan: { deployment: 'd' } });
});

test('`berth` in a plugin resolves to this library', async () => {
  const source = "import { BerthError } from 'berth'; export class Mine { static failure = BerthError }";
  const directory = temporarySolution({ 'runner.ts': source });
  const Mine = await loadRunnerClass({ module: join(directory, 'runner.ts'), className: 'Mine' });
  expect((Mine as unknown as { failure: unknown }).failure).toBe(BerthError);
});

test('`berth/strategy` in a plugin resolves to this library’s engines', async () => {
  const source =
    "import { BerthError, ServerProcess } from 'berth/strategy'; export class Mine { static all = [BerthError, ServerProcess] }";
  const directory = temporarySolution({ 'runner.ts': source });
  const Mine = await loadRunnerClass({ module: join(directory, 'runner.ts'), className: 'Mine' });
  expect((Mine as unknown as { all: unknown }).all).toEqual([BerthError, ServerProcess]);
});

test('a changed plugin is loaded again, with all its imports', async () => {
  const directory = temporarySolution({
    'runner.ts': "export { Mine } from './mine.js';",
    'mine.ts': "export class Mine { readonly age = 'old' }",
  });
  const load = async () =>
    new (await loadRunnerClass({ module: join(directory, 'runner.ts'), className: 'Mine' }))({} as never);
  expect(await load()).toEqual({ age: 'old' });
  writeFileSync(join(directory, 'mine.ts'), "export class Mine { readonly age = 'new' }");
  expect(await load()).toEqual({ age: 'new' });
});

test('a module that fails or lacks the class is STRATEGY_BROKEN', async () => {
  const directory = temporarySolution({
    'runner.ts': 'throw new Error("half-written")',
    'other.ts': 'export const a = 1',
  });
  await expect(loadRunnerClass({ module: join(directory, 'runner.ts'), className: 'Mine' })).rejects.toMatchObject({
    code: 'STRATEGY_BROKEN',
    message: expect.stringContaining('half-written'),
  });
  await expect(loadRunnerClass({ module: join(directory, 'other.ts'), className: 'Mine' })).rejects.toThrow(
    'exports no class called Mine',
  );
});
