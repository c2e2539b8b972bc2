/** @needs git python3 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Facts } from '../../src/contract/facts.js';
import { readRequirements } from '../../src/environments/requirements/read-requirements.js';
import { BerthError } from '../../src/errors.js';
import { gatherFacts } from '../../src/facts/index.js';
import { readManifests } from '../../src/facts/manifests/read-manifests.js';
import { StrategyRegistry } from '../../src/registry/index.js';
import { SelectorAgent } from '../../src/selection/index.js';
import { checkProperty } from '../support/check-property.js';
import { manifests, type Tree, trees } from '../support/generated-trees.js';
import { measureLoopDelay } from '../support/loop-delay.js';
import { temporaryDirectory, temporaryHome } from '../support/temporary-directories.js';

const home = temporaryHome();
const registry = await StrategyRegistry.scan({ home });

/** Milliseconds for one repository: the reader's timeout and grace period, with reserve for a busy machine. */
const longest = 60_000;

/** Drops the later path if a segment is both a file and a directory. */
function writeRepository(tree: Tree): string {
  const root = temporaryDirectory('berth-property-');
  for (const [path, content] of Object.entries(tree)) {
    try {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    } catch (error) {
      if (!['EEXIST', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  execFileSync('mkfifo', [join(root, 'pipe.txt')]);
  symlinkSync('loop', join(root, 'loop'));
  return root;
}

async function within<Result>(time: number, task: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${time} ms`)), time);
  });
  return await Promise.race([task, late]).finally(() => clearTimeout(timer));
}

test('every repository has facts and an explanation, within the time bound', async () => {
  const selector = new SelectorAgent(registry, { home });
  const property = fc.asyncProperty(trees, async (tree) => {
    const path = writeRepository(tree);
    try {
      const facts = await within(longest, gatherFacts(path, { home }));
      expect(Facts.parse(facts)).toEqual(facts);
      const text = await within(longest, selector.explain({ path })).catch((error) => {
        // The repository may have nothing to deploy, but Berth itself must not fail.
        if (error instanceof BerthError && error.code.startsWith('SOURCE_')) return undefined;
        throw error;
      });
      if (text !== undefined) for (const note of facts.notes.slice(0, 3)) expect(text).toContain(note);
      for (const { module, root, file, paths } of facts.entryPoints) {
        expect(module).toMatch(/^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u);
        expect(root === '.' || file.startsWith(`${root}/`)).toBe(true);
        if (paths !== undefined) expect(paths[0]).toBe(root);
      }
    } finally {
      rmSync(path, { recursive: true, force: true });
    }
  });
  await checkProperty('repositories', { runs: 60, time: 90_000 }, property);
}, 400_000);

test('every manifest is read or noted, within the time bound, and the event loop stays free', async () => {
  const property = fc.asyncProperty(manifests, async (tree) => {
    const path = writeRepository(tree);
    try {
      const reading = () => within(longest, readManifests(path, Object.keys(tree)));
      const { delay, result } = await measureLoopDelay(reading);
      expect(delay).toBeLessThan(100);
      for (const { file, problem } of result.manifests) if (problem) expect(problem).toContain(file);
      for (const note of result.notes) expect(note).toMatch(/\.$/);
    } finally {
      rmSync(path, { recursive: true, force: true });
    }
  });
  await checkProperty('manifests', { runs: 150, time: 60_000 }, property);
}, 400_000);

test('the requirements of every repository are read or refused, within the time bound', async () => {
  const property = fc.asyncProperty(manifests, async (tree) => {
    const path = writeRepository(tree);
    try {
      const reading = () =>
        within(longest, readRequirements(path, { cog: null })).catch((error) => {
          if (!(error instanceof BerthError) || error.code === 'INTERNAL') throw error;
        });
      expect((await measureLoopDelay(reading)).delay).toBeLessThan(100);
    } finally {
      rmSync(path, { recursive: true, force: true });
    }
  });
  await checkProperty('requirements', { runs: 150, time: 60_000 }, property);
}, 400_000);
