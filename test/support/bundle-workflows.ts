import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { packageRoot } from '../../src/home/package-root.js';

interface BundleOptions {
  /** Module that exports the workflows; Berth's own by default. Paths are relative to the package. */
  path?: string;
  /** Modules of further interceptors. */
  interceptors?: string[];
}

/** Bundles workflows as the build does for the worker. */
export async function bundleWorkflows({
  path = 'src/workflows/index.ts',
  interceptors = [],
}: BundleOptions = {}): Promise<WorkflowBundleWithSourceMap> {
  const modules = ['src/workflows/refuse-stale-queries.ts', ...interceptors];
  return await bundleWorkflowCode({
    workflowsPath: join(packageRoot, path),
    workflowInterceptorModules: modules.map((file) => join(packageRoot, file)),
    logger: new DefaultLogger('ERROR'),
  });
}
