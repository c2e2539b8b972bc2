// Installs the coding agents' command lines that test/agents runs, in the versions of test/agents/clis.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createOnce } from './cache.mjs';
import { root } from './import-source.mjs';
import { run } from './run.mjs';

const lists = join(root, 'test', 'agents', 'clis');
const npmLists = ['package.json', 'package-lock.json'];
const npmPrograms = ['claude', 'codex', 'gemini', 'opencode'];

/** Returns the directory of claude, codex, gemini and opencode, without those that do not work here. */
export async function installNpmAgents() {
  const directory = await createOnce(`agents-${digest(npmLists)}`, async (target) => {
    const bin = join(target, 'bin');
    mkdirSync(bin);
    for (const name of npmLists) copyFileSync(join(lists, name), join(target, name));
    // Not `npm ci`, which refuses a lock file without the programs of other platforms, which not every registry has.
    await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: target });
    // Two of them install their program with an install script; no other script runs.
    await run('npm', ['rebuild', '@anthropic-ai/claude-code', 'opencode-ai'], { cwd: target });
    for (const name of npmPrograms) symlinkSync(join(target, 'node_modules', '.bin', name), join(bin, name));
  });
  return join(directory, 'bin');
}

/** Returns the directory of aider. */
export async function installAider(uv) {
  const directory = await createOnce(`aider-${digest(['aider.txt'])}`, async (target) => {
    const python = join(target, 'python');
    const bin = join(target, 'bin');
    mkdirSync(bin);
    await run(uv, ['venv', '--quiet', '--python', '>=3.10,<3.13', python]);
    const interpreter = join(python, 'bin', 'python');
    await run(uv, ['pip', 'install', '--quiet', '--python', interpreter, '-r', join(lists, 'aider.txt')]);
    // Compile aider's imports once; it then starts three times as fast.
    const { PYTHONDONTWRITEBYTECODE, ...env } = process.env;
    await run(interpreter, ['-c', 'import aider.main, litellm'], { cwd: target, env });
    symlinkSync(join(python, 'bin', 'aider'), join(bin, 'aider'));
  });
  return join(directory, 'bin');
}

function digest(names) {
  const pins = createHash('sha256');
  for (const name of names) pins.update(readFileSync(join(lists, name)));
  return pins.digest('hex').slice(0, 12);
}
