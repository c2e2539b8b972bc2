import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import type { Command } from '../../src/commands/command.js';
import { deploy } from '../../src/commands/deploy.js';
import { eject } from '../../src/commands/eject.js';
import { createOutput } from '../../src/commands/output.js';
import { resume } from '../../src/commands/resume.js';
import { shell } from '../../src/commands/shell.js';
import { berthHome, deploymentDirectory } from '../../src/home/home.js';
import { copySource } from '../../src/workspaces/index.js';
import { registerCleanup, temporaryDirectory, temporarySolution, writeTree } from '../support/temporary-directories.js';
import { RecordingStream } from './recording-stream.js';

const previous = process.env.BERTH_HOME;
process.env.BERTH_HOME = temporaryDirectory('berth-home-');
registerCleanup(() => {
  if (previous === undefined) delete process.env.BERTH_HOME;
  else process.env.BERTH_HOME = previous;
});

const { workspace } = deploymentDirectory(berthHome(), 'ocr');

beforeAll(async () => {
  await copySource({ source: temporarySolution({ 'app.py': 'x = 1\n' }), workspace });
  writeTree(workspace, { 'app.py': 'x = 2\n' });
});

/** Performs the command like the parser, without a terminal. */
async function perform(command: Command, given: Record<string, string>, options: Record<string, unknown> = {}) {
  const streams = { stdout: new RecordingStream(), stderr: new RecordingStream() };
  const output = createOutput(streams, { isJson: options.json === true, isVerbose: false });
  const { signal } = new AbortController();
  const exitCode = (await command.run({ arguments: given, options, output, signal })) ?? 0;
  return { exitCode, stdout: streams.stdout.text, stderr: streams.stderr.text };
}

test('without a terminal, shell prints the path of the workspace and the next step', async () => {
  expect(await perform(shell, { name: 'ocr' })).toEqual({
    exitCode: 0,
    stdout: `${workspace}\n`,
    stderr: 'Verify your edits: berth resume ocr --agent none\n',
  });
  const { stdout, stderr } = await perform(shell, { name: 'ocr' }, { json: true });
  expect(JSON.parse(stdout)).toMatchObject({ name: 'ocr', workspace });
  expect(stderr).toBe('');
});

test('an unknown deployment has neither shell nor code', async () => {
  await expect(perform(shell, { name: 'nobody' })).rejects.toMatchObject({ code: 'NAME_UNKNOWN' });
  const ejected = perform(eject, { name: 'nobody', target: temporaryDirectory() }, { patch: false });
  await expect(ejected).rejects.toMatchObject({ code: 'NAME_UNKNOWN' });
});

test('eject writes the workspace when no revision runs, or only the patch', async () => {
  const target = join(temporaryDirectory(), 'out');
  const { stdout } = await perform(eject, { name: 'ocr', target }, { patch: false });
  expect(stdout).toBe(`wrote the adapted code of the workspace to ${target}\n`);
  expect(readFileSync(join(target, 'app.py'), 'utf8')).toBe('x = 2\n');
  await perform(eject, { name: 'ocr', target }, { patch: true });
  expect(readFileSync(join(target, 'ocr.patch'), 'utf8')).toContain('-x = 1\n+x = 2\n');
});

test('resume refuses an unknown agent or strategy without a server', async () => {
  const unknown = { hint: undefined, agent: 'coder', strategy: undefined, rounds: undefined, budget: undefined };
  await expect(perform(resume, { name: 'ocr' }, unknown)).rejects.toMatchObject({ code: 'AGENT_UNKNOWN' });
  const nowhere = { ...unknown, agent: undefined, strategy: 'nowhere' };
  await expect(perform(resume, { name: 'ocr' }, nowhere)).rejects.toMatchObject({ code: 'STRATEGY_UNKNOWN' });
});

test('deploy --show-prompt prints the prompt without held-back examples and starts nothing', async () => {
  const path = temporarySolution({ 'app.py': 'def shout(text):\n    return text.upper()\n' });
  const examples = join(temporaryDirectory(), 'examples.json');
  const known = [
    { input: { text: 'shown-one' }, output: 'SHOWN-ONE' },
    { input: { text: 'held-back' }, output: 'HELD-BACK' },
  ];
  writeTree(join(examples, '..'), { 'examples.json': JSON.stringify(known) });
  const options = { env: [], envFile: [], resource: [], example: [examples], strategy: 'local', goal: 'shout it' };
  const { exitCode, stdout } = await perform(deploy, { path }, { ...options, showPrompt: true, wait: true });
  expect(exitCode).toBe(0);
  for (const part of ['shout it', 'shown-one', 'app.py', 'run_interface']) expect(stdout).toContain(part);
  expect(stdout).not.toMatch(/held-back/i);
});
