import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { packageRoot } from '../../src/home/package-root.js';
import { temporaryDirectory } from './temporary-directories.js';

const shared = ['package.json', 'node_modules', 'hosts', 'prompts', 'examples'];

/** Installs a Berth that was built before any patch: its workflows go the earlier way at each of them. Returns where. */
export async function installEarlierBuild(): Promise<string> {
  const root = temporaryDirectory('berth-earlier-');
  for (const entry of shared) symlinkSync(join(packageRoot, entry), join(root, entry));
  for (const directory of ['src', 'dist'])
    cpSync(join(packageRoot, directory), join(root, directory), { recursive: true });
  const patches = join(root, 'src', 'workflows', 'patches.ts');
  writeFileSync(patches, takeBack(readFileSync(patches, 'utf8')));
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'src', 'workflows', 'index.ts'),
    logger: new DefaultLogger('ERROR'),
  });
  writeFileSync(join(root, 'dist', 'workflows.js'), code);
  writeFileSync(join(root, 'dist', 'build'), 'before any patch');
  return root;
}

function takeBack(patches: string): string {
  const names = [...patches.matchAll(/^export const (\w+) = \(\): boolean => patched\(/gm)].map(([, name]) => name);
  if (names.length !== patches.split('patched(').length - 1) throw new Error('not every patch was found');
  return names.map((name) => `export const ${name} = (): boolean => false;\n`).join('');
}
