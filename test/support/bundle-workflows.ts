import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { packageRoot } from '../../src/home/package-root.js';

/** Workflows as they are bundled for the worker: those of `path`, Berth's own when left out. */
export async function bundleWorkflows(path = 'src/workflows/index.ts'): Promise<WorkflowBundleWithSourceMap> {
  return await bundleWorkflowCode({
    workflowsPath: join(packageRoot, path),
    workflowInterceptorModules: [join(packageRoot, 'src', 'workflows', 'refuse-stale-queries.ts')],
    logger: new DefaultLogger('ERROR'),
  });
}
