import { join } from 'node:path';
import { makeOnce } from './cache.mjs';
import { run } from './run.mjs';

const version = '24.21.0';

/** Returns the Node.js that test/newer-node.test.ts runs, had from the package registry. */
export async function installNewerNode() {
  const name = `node-${process.platform}-${process.arch}`;
  const directory = await makeOnce(`node-${version}`, (place) =>
    run('npm', ['install', '--prefix', place, '--no-save', '--no-audit', '--no-fund', `${name}@${version}`]),
  );
  return join(directory, 'node_modules', name, 'bin', 'node');
}
