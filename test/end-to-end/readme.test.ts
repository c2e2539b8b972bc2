/** @needs git python3 uv temporal */
import { cpSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';
import { packageRoot } from '../../src/package-root.js';
import { temporaryStack } from '../support/stack.js';
import { temporaryDirectory } from '../support/temporary.js';
import { describeTree, eventually } from './user.js';

// What README.md says is typed and run as it stands there.

const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8');
const home = temporaryStack();
const env = {
  ...{ BERTH_HOME: home.root, NODE_OPTIONS: undefined, NO_COLOR: '1' },
  npm_config_cache: temporaryDirectory('berth-npm-'), // as on a machine where npx has never seen Berth
};

/** The text of every fenced block in that language; '' is a block of commands. */
const blocks = (text: string, language = ''): string[] =>
  [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, found, code = '']) =>
    found === language ? [code] : [],
  );

const calls = (text: string): string[] => blocks(text).flatMap((code) => code.match(/^npx berth .*$/gm) ?? []);

const [opening = '', calling = ''] = [readme.slice(0, readme.indexOf('\n## ')), readme.split(/^## Calling it$/m)[1]];
const [deployLine = ''] = calls(opening);
const callingSection = calling.split(/^## /m)[0] ?? '';

const type = (line: string, cwd: string) => execa(line, { shell: '/bin/bash', cwd, env, reject: false });

/** A directory where someone uses Berth: it is installed there, and the examples and a file of inputs lie beside it. */
function userDirectory(): string {
  const directory = temporaryDirectory('berth-user-');
  mkdirSync(join(directory, 'node_modules', '.bin'), { recursive: true });
  symlinkSync(packageRoot, join(directory, 'node_modules', 'berth'));
  symlinkSync('../berth/dist/client.js', join(directory, 'node_modules', '.bin', 'berth'));
  cpSync(join(packageRoot, 'examples'), join(directory, 'examples'), { recursive: true });
  writeFileSync(join(directory, 'reviews.jsonl'), '{"text": "a joy"}\n{"text": "a dull film"}\n');
  return directory;
}

test('the first deploy line prints an answer, from the checkout, and writes nothing into it', async () => {
  const before = await describeTree(join(packageRoot, 'examples'));
  const built = statSync(join(packageRoot, 'dist', 'client.js')).mtimeMs;
  const { exitCode, stdout } = await type(deployLine, packageRoot);
  expect({ exitCode, answer: JSON.parse(stdout) }).toMatchObject({
    exitCode: 0,
    answer: { status: 'success', output: { label: 'positive' } },
  });
  expect(await describeTree(join(packageRoot, 'examples'))).toBe(before);
  expect(statSync(join(packageRoot, 'dist', 'client.js')).mtimeMs).toBe(built);
});

test('every line of “Calling it” works, one after the other', async () => {
  const lines = calls(callingSection);
  expect(lines.map((line) => line.split(' ')[2])).toEqual(
    expect.arrayContaining(['run', 'batch', 'status', 'logs', 'stop', 'start', 'cleanup']),
  );
  const cwd = userDirectory();
  for (const line of lines) {
    const { exitCode, output } = line.endsWith(' -f')
      ? await typeAndInterrupt(line, cwd)
      : await typeToTheEnd(line, cwd);
    expect({ line, exitCode, output }).toEqual({
      line,
      exitCode: line.endsWith(' -f') ? 130 : 0,
      output: expect.stringMatching(/\S/),
    });
  }
});

test('the library’s example has types, and prints an answer', async () => {
  const [example = ''] = blocks(callingSection, 'ts');
  const cwd = userDirectory();
  writeFileSync(join(cwd, 'example.mts'), example);
  writeFileSync(join(cwd, 'example.mjs'), example);
  const compiler = join(packageRoot, 'node_modules', '.bin', 'tsc');
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--skipLibCheck'];
  const typeRoots = ['--types', 'node', '--typeRoots', join(packageRoot, 'node_modules', '@types')];
  const checked = await execa(compiler, [...options, ...typeRoots, 'example.mts'], { cwd, reject: false });
  expect({ exitCode: checked.exitCode, problems: checked.stdout }).toEqual({ exitCode: 0, problems: '' });
  const { exitCode, stdout, stderr } = await execa('node', ['example.mjs'], { cwd, env, reject: false });
  expect({ exitCode, stdout, stderr }).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("status: 'success'"),
  });
});

async function typeToTheEnd(line: string, cwd: string) {
  const { exitCode, stdout, stderr } = await type(line, cwd);
  return { exitCode, output: stdout || stderr };
}

/** Ctrl-C reaches everything in the foreground, once there is something to see. */
async function typeAndInterrupt(line: string, cwd: string) {
  const child = execa(line, { shell: '/bin/bash', cwd, env, reject: false, detached: true, buffer: false });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await eventually(`${line} says something`, () => output !== '');
  process.kill(-(child.pid as number), 'SIGINT'); // it has one: it has said something
  const { exitCode, signal } = await child;
  return { exitCode: signal === 'SIGINT' ? 130 : exitCode, output }; // npx dies of the signal; a shell calls that 130
}
