import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { packageRoot } from '../../src/package-root.js';

test('the workflows bundle without a Node builtin or a schema library, and stay small', async () => {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(packageRoot, 'src', 'workflows', 'index.ts'),
    logger: new DefaultLogger('ERROR'),
  });
  expect(code).not.toContain('ZodError');
  const program = code.slice(0, code.indexOf('//# sourceMappingURL='));
  expect(program.length).toBeGreaterThan(100_000);
  expect(program.length).toBeLessThan(800_000);
});
