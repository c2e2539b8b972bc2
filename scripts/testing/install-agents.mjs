// The coding agents' command lines that test/agents runs, in the versions of test/agents/clis.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { makeOnce } from './cache.mjs';
import { root } from './import-source.mjs';
import { run } from './run.mjs';

const lists = join(root, 'test', 'agents', 'clis');
const npmLists = ['package.json', 'package-lock.json'];
const npmPrograms = ['claude', 'codex', 'gemini', 'opencode'];

/** Returns the directory of claude, codex, gemini and opencode. A program that does not work here is not in it. */
export async function installNpmAgents() {
  const directory = await makeOnce(`agents-${digest(npmLists)}`, async (place) => {
    const bin = join(place, 'bin');
    mkdirSync(bin);
    for (const name of npmLists) copyFileSync(join(lists, name), join(place, name));
    // Not `npm ci`: it refuses a lock that lacks programs for other platforms, which not every registry has.
    await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: place });
    // Two of them fetch nothing more but put their program in place in a script of theirs; no other script is run.
    await run('npm', ['rebuild', '@anthropic-ai/claude-code', 'opencode-ai'], { cwd: place });
    for (const name of npmPrograms) symlinkSync(join(place, 'node_modules', '.bin', name), join(bin, name));
  });
  return join(directory, 'bin');
}

/** Returns the directory of aider. */
export async function installAider(uv) {
  const directory = await makeOnce(`aider-${digest(['aider.txt'])}`, async (place) => {
    const python = join(place, 'python');
    const bin = join(place, 'bin');
    mkdirSync(bin);
    await run(uv, ['venv', '--quiet', '--python', '>=3.10,<3.13', python]);
    const interpreter = join(python, 'bin', 'python');
    await run(uv, ['pip', 'install', '--quiet', '--python', interpreter, '-r', join(lists, 'aider.txt')]);
    // What aider imports at every start, compiled once: it takes a third of the time then.
    const { PYTHONDONTWRITEBYTECODE, ...env } = process.env;
    await run(interpreter, ['-c', 'import aider.main, litellm'], { cwd: place, env });
    symlinkSync(join(python, 'bin', 'aider'), join(bin, 'aider'));
  });
  return join(directory, 'bin');
}

function digest(names) {
  const pins = createHash('sha256');
  for (const name of names) pins.update(readFileSync(join(lists, name)));
  return pins.digest('hex').slice(0, 12);
}
