import { join } from 'node:path';
import { createOnce } from './cache.mjs';
import { run } from './run.mjs';

const version = '24.21.0';

/** Installs the Node.js of test/newer-node.test.ts from the package registry. Returns its path. */
export async function installNewerNode() {
  const name = `node-${process.platform}-${process.arch}`;
  const directory = await createOnce(`node-${version}`, (prefix) =>
    run('npm', ['install', '--prefix', prefix, '--no-save', '--no-audit', '--no-fund', `${name}@${version}`]),
  );
  return join(directory, 'node_modules', name, 'bin', 'node');
}
