import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { packageRoot } from '../../src/home/package-root.js';
import { staleQueryMessage } from '../../src/workflows/messages.js';
import { bundleWorkflows } from '../support/bundle-workflows.js';

test('the bundle of workflows contains no Node builtin and no schema library, and stays small', async () => {
  const { code } = await bundleWorkflows();
  expect(code).not.toContain('ZodError');
  const program = code.slice(0, code.indexOf('//# sourceMappingURL='));
  expect(program.length).toBeGreaterThan(100_000);
  expect(program.length).toBeLessThan(800_000);
});

test('the built workflows refuse stale queries', () => {
  const built = readFileSync(join(packageRoot, 'dist', 'workflows.js'), 'utf8');
  expect(built).toContain(staleQueryMessage);
  expect(built).toContain('src/workflows/refuse-stale-queries.ts');
});
