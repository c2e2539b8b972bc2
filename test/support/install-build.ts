import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/home/package-root.js';
import { bundleWorkflows } from './bundle-workflows.js';
import { temporaryDirectory } from './temporary-directories.js';

const shared = ['package.json', 'node_modules', 'hosts', 'prompts', 'examples'];

/** Installs Berth once more, as a separate build. Returns its directory. */
export async function installBuild(build: string): Promise<string> {
  const root = temporaryDirectory(`berth-${build}-`);
  for (const entry of shared) symlinkSync(join(packageRoot, entry), join(root, entry));
  cpSync(join(packageRoot, 'dist'), join(root, 'dist'), { recursive: true });
  writeFileSync(join(root, 'dist', 'build'), build);
  return root;
}

/** Installs a build with workflows that differ by one patched branch (patched-steps.ts). */
export async function installLaterBuild(): Promise<string> {
  const root = await installBuild('later');
  const { code } = await bundleWorkflows({ interceptors: ['test/support/patched-steps.ts'] });
  writeFileSync(join(root, 'dist', 'workflows.js'), code);
  return root;
}
