// Installs the coding agents' command lines that test/agents runs, in the versions of test/agents/clis, into
// $BERTH_TEST_AGENTS or the cache, and prints the directory. Does nothing when they are there.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const lists = join(dirname(dirname(fileURLToPath(import.meta.url))), 'test', 'agents', 'clis');
const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
const directory = process.env.BERTH_TEST_AGENTS || join(cache, 'berth-ci', 'agents');
const [node, python, bin] = ['node', 'aider', 'bin'].map((name) => join(directory, name));
const complete = join(directory, 'complete');

const npmLists = ['package.json', 'package-lock.json'];
const pins = createHash('sha256');
for (const name of [...npmLists, 'aider.txt']) pins.update(readFileSync(join(lists, name)));
const digest = pins.digest('hex');

if (!existsSync(complete) || readFileSync(complete, 'utf8') !== digest) {
  rmSync(directory, { recursive: true, force: true });
  for (const made of [node, bin]) mkdirSync(made, { recursive: true });
  installFromNpm();
  installAider();
  writeFileSync(complete, digest);
}
compileAider();
console.log(directory);

/** Two of them fetch nothing more but put their program in place in a script of theirs; no other script is run. */
function installFromNpm() {
  for (const name of npmLists) copyFileSync(join(lists, name), join(node, name));
  const run = (...argv) => execFileSync('npm', argv, { cwd: node, stdio: ['ignore', 2, 2] });
  // Not `npm ci`: it refuses a lock that lacks programs for other platforms, which not every registry has.
  run('install', '--ignore-scripts', '--no-audit', '--no-fund');
  run('rebuild', '@anthropic-ai/claude-code', 'opencode-ai');
  for (const name of ['claude', 'codex', 'gemini', 'opencode'])
    symlinkSync(join(node, 'node_modules', '.bin', name), join(bin, name));
}

function installAider() {
  const run = (...argv) => execFileSync('uv', argv, { cwd: directory, stdio: ['ignore', 2, 2] });
  run('venv', '--quiet', '--python', '>=3.10,<3.13', python);
  run('pip', 'install', '--quiet', '--python', join(python, 'bin', 'python'), '-r', join(lists, 'aider.txt'));
  symlinkSync(join(python, 'bin', 'aider'), join(bin, 'aider'));
}

/** What aider imports at every start, compiled once: it takes a third of the time then. */
function compileAider() {
  const { PYTHONDONTWRITEBYTECODE, ...env } = process.env;
  const imports = 'import aider.main, litellm';
  execFileSync(join(python, 'bin', 'python'), ['-c', imports], { cwd: directory, env, stdio: ['ignore', 2, 2] });
}
