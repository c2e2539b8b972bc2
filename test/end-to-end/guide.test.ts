/** @needs git python3 uv temporal */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { packageRoot } from '../../src/home/package-root.js';
import { type Block, readBlocks, readCommands, readDocument, UserShell } from '../support/documents.js';
import { temporaryStack } from '../support/temporary-stack.js';
import { eventually } from './run-json.js';

// Types every command on every page of docs/guide, from the top of the page to its end.

const guide = join(packageRoot, 'docs', 'guide');
const pages = readdirSync(guide, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.md'));
const home = temporaryStack();

/** Functions that run the commands of a block, by the word after `sh`. */
const kinds: Record<string, (shell: UserShell, lines: string[]) => Promise<void>> = {
  '': runToTheEnd,
  endless: async (shell, lines) => {
    for (const line of lines) {
      const running = await shell.begin(line);
      expect({ line, exitCode: await running.interrupt() }).toEqual({ line, exitCode: 130 });
    }
  },
  waiting: runOnWaiting,
  cloud: refuseWithoutToken,
  server: runOnOwnServer,
  engine: async () => undefined, // test/end-to-end/guide-docker.test.ts
};

test.each(pages.sort())('every command of %s works', async (page) => {
  const text = readDocument(join('docs', 'guide', page));
  const shell = new UserShell(home.root);
  for (const block of readBlocks(text).filter(({ language }) => language === 'sh')) await run(shell, block);
  const { stdout } = await shell.type('npx berth list --json');
  expect(JSON.parse(stdout)).toEqual([]); // each page cleans up
});

async function run(shell: UserShell, block: Block): Promise<void> {
  const runLines = kinds[block.kind];
  if (runLines === undefined) throw new Error(`a block of kind ${block.kind}: how are its commands run?`);
  await runLines(shell, readCommands(block));
}

async function runToTheEnd(shell: UserShell, lines: string[]): Promise<void> {
  for (const line of lines) {
    const { exitCode, stdout, stderr } = await shell.type(line);
    const isDoctorUnsatisfied = line.endsWith('doctor') && exitCode === 3; // this machine lacks some tools
    if (exitCode !== 0 && !isDoctorUnsatisfied) throw new Error(`${line}: exit code ${exitCode}\n${stdout}\n${stderr}`);
  }
}

/** Runs commands on a deployment with a failed contract as NAME. Only `resume` fails, and leaves it waiting. */
async function runOnWaiting(shell: UserShell, lines: string[]): Promise<void> {
  writeFileSync(join(shell.cwd, 'wrong.yaml'), '- input: { text: "a joy" }\n  output: { label: sad }\n');
  await shell.type('npx berth deploy examples/sentiment --name stuck --agent none --example wrong.yaml');
  for (const line of lines.map((written) => written.replace('NAME', 'stuck'))) {
    const { exitCode, stderr } = await shell.type(line);
    const expected = line.includes(' resume ') ? expect.stringMatching(/CONTRACT_FAILED|AGENT_/) : expect.anything();
    expect({ line, exitCode, stderr }).toEqual({ line, exitCode: line.includes(' resume ') ? 1 : 0, stderr: expected });
  }
}

/** Expects each command to fail, because no token is set, and to name the missing variables. */
async function refuseWithoutToken(shell: UserShell, lines: string[]): Promise<void> {
  for (const line of lines) {
    const { exitCode, stderr } = await shell.type(line);
    expect({ line, exitCode, stderr }).toEqual({
      line,
      exitCode: 3,
      stderr: expect.stringMatching(/[A-Z_]+(TOKEN|KEY)/),
    });
  }
}

/** Runs a worker with the first line, and deploys with the second, on the server that the tests share. */
async function runOnOwnServer(shell: UserShell, lines: string[]): Promise<void> {
  const [first = '', ...others] = lines.map((line) =>
    line.replace('temporal.example.com:7233', process.env.BERTH_TEST_TEMPORAL ?? ''),
  );
  const worker = await shell.begin(first);
  const [deployLine = ''] = others;
  await eventually('the worker polls', async () => !/WORKER_UNREACHABLE/.test((await shell.type(deployLine)).stderr));
  await runToTheEnd(shell, [deployLine.replace(/berth deploy .*\//, 'berth cleanup ')]);
  await worker.interrupt();
}
