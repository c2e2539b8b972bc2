// Installs the Node.js that test/newer-node.test.ts runs, from the package registry, into $BERTH_TEST_NODE or the cache, and
// prints its path. Does nothing when it is there.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const version = '24.21.0';
const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
const directory = process.env.BERTH_TEST_NODE || join(cache, 'berth-ci', `node-${version}`);
const name = `node-${process.platform}-${process.arch}`;

if (!existsSync(directory)) install();
console.log(join(directory, 'node_modules', name, 'bin', 'node'));

/** Whole or not at all. */
function install() {
  mkdirSync(dirname(directory), { recursive: true });
  const partial = mkdtempSync(`${directory}.`);
  try {
    const options = ['--prefix', partial, '--no-save', '--no-audit', '--no-fund'];
    execFileSync('npm', ['install', ...options, `${name}@${version}`], { stdio: ['ignore', 2, 2] });
    renameSync(partial, directory);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
