/** @needs git python3 uv temporal */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';
import type { Answer } from '../../src/contract/answer.js';
import { StrategyConfig } from '../../src/contract/strategy-config.js';
import { exampleStrategyDirectory, packageRoot } from '../../src/home/package-root.js';
import { identifyProcess } from '../../src/processes/process-identity.js';
import type { StrategyAvailability } from '../../src/registry/index.js';
import { runBin } from '../support/bin.js';
import { temporaryDirectory, temporarySolution, writeTree } from '../support/temporary-directories.js';
import { listProcesses, temporaryStack } from '../support/temporary-stack.js';
import { type Refusal, runJson } from './run-json.js';

// docs/adding-a-strategy.md: its blocks are the files of the example, and its commands run here.

const page = readFileSync(join(packageRoot, 'docs', 'adding-a-strategy.md'), 'utf8');
const strategiesDirectory = temporaryDirectory('berth-strategies-');
cpSync(exampleStrategyDirectory, join(strategiesDirectory, 'procfile'), { recursive: true });
writeTree(strategiesDirectory, {
  'lifted/config.yaml': readFileSync(join(exampleStrategyDirectory, 'config.yaml'), 'utf8').replaceAll(
    'name: procfile',
    'name: lifted',
  ),
  'lifted/selector_instruction.md': 'Choose it where there is a crane.\n',
  'lifted/adapter_instruction.md': 'Change nothing.\n',
  'lifted/runner.ts': readFileSync(join(exampleStrategyDirectory, 'runner.ts'), 'utf8'),
  'lifted/needs.js':
    'export const findNeeds = async () => [{ name: "crane", isMet: false, detail: "no crane answers", remedy: "install a crane" }];\n',
});

const home = temporaryStack();
const env = { BERTH_STRATEGIES: strategiesDirectory };
const berth = <Value>(...words: string[]) => runJson<Value>(words, { home: home.root, env });

interface Report {
  passed: number;
  failed: number;
  skipped: number;
  checks: { name: string; outcome: string; evidence: string | null }[];
}

test('the blocks of the document are the files of the example, without omissions', () => {
  const blocks = [...page.matchAll(/^### `([\w./]+)`\n\n```\w*\n([\s\S]*?)^```$/gm)];
  for (const [, file = '', text] of blocks)
    expect(text).toBe(readFileSync(join(exampleStrategyDirectory, file), 'utf8'));
  const files = readdirSync(exampleStrategyDirectory, { recursive: true, encoding: 'utf8' });
  const shown = files.filter((file) => /\.(ts|mjs|yaml)$|Procfile$/.test(file)).sort();
  expect(blocks.map(([, file]) => file).sort()).toEqual(shown);
});

test('the document names every key of config.yaml', () => {
  for (const key of Object.keys(StrategyConfig.shape)) expect(page).toContain(`| \`${key}\` |`);
});

test('a strategy that costs money is tested only with --yes and with its own conformance module', async () => {
  const paid = join(temporaryDirectory(), 'paid');
  cpSync(join(strategiesDirectory, 'lifted'), paid, { recursive: true });
  const config = readFileSync(join(paid, 'config.yaml'), 'utf8').replace(
    'name: lifted',
    'name: paid\nbilled: by the lift',
  );
  writeFileSync(join(paid, 'config.yaml'), config);
  const refusals: [string[], RegExp][] = [
    [['modal'], /costs money .* berth strategies test modal --yes$/],
    [['bentoml', '--provider', 'bentocloud'], /costs money .* test bentoml --provider bentocloud --yes$/],
    [['bentoml', '--provider', 'nowhere'], /not tested on nowhere; its conformance module covers: bentocloud$/],
    [[paid, '--yes'], /costs money .* conformance module/],
  ];
  for (const [words, message] of refusals)
    expect(await berth<Refusal>('strategies', 'test', ...words)).toMatchObject({
      exitCode: 2,
      value: { error: { message: expect.stringMatching(message) } },
    });
});

test('the commands of the document create a strategy, test it, deploy with it and clean up', async () => {
  const [, commands = ''] = /^## Make one that works$([\s\S]*?)^## /m.exec(page) ?? [];
  const lines = commands.match(/^npx berth .*$/gm) ?? [];
  expect(lines).toHaveLength(6);
  const bin = join(packageRoot, 'dist', 'client.js');
  const outputs: string[] = [];
  for (const line of lines) {
    const command = line.replace('npx berth', bin);
    const { exitCode, stdout, stderr } = await execa(command, {
      shell: '/bin/bash',
      env: { BERTH_HOME: home.root, NO_COLOR: '1', NODE_OPTIONS: undefined },
      reject: false,
    });
    expect({ line, exitCode, stderr }).toMatchObject({ line, exitCode: 0 });
    outputs.push(stdout);
  }
  const [written, tested, , , answer] = outputs;
  expect(written).toContain(join(home.strategies, 'procfile'));
  expect(tested).toMatch(/^33 passed, 0 failed, 0 skipped$/m);
  expect(page).toContain('33 checks');
  expect(JSON.parse(answer ?? '')).toEqual({ status: 'success', output: 'hello' });
  await runBin(['down'], { home: home.root }); // the worker lacks BERTH_STRATEGIES
  rmSync(join(home.strategies, 'procfile'), { recursive: true });
});

test('creating a strategy again is refused, and --directory works only with new', async () => {
  const again = await berth<Refusal>('strategies', 'new', 'procfile');
  expect(again).toMatchObject({ exitCode: 2, value: { error: { code: 'STRATEGY_NAME_TAKEN' } } });
  const misplaced = await berth<Refusal>('strategies', 'test', 'local', '--directory', '.');
  expect(misplaced).toMatchObject({ exitCode: 2, value: { error: { code: 'USAGE' } } });
  const scratch = temporaryDirectory();
  const written = await berth<{ isFound: boolean; directory: string }>(
    'strategies',
    'new',
    'mine',
    '--directory',
    scratch,
  );
  expect(written).toMatchObject({ exitCode: 0, value: { isFound: false, directory: join(scratch, 'mine') } });
});

test('a strategy of BERTH_STRATEGIES is selected, serves a Procfile in any language, and survives its own restart', async () => {
  const solution = temporarySolution({
    Procfile: 'web: node server.cjs\n',
    'server.cjs': `require('node:http').createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const { word = '' } = body === '' ? {} : JSON.parse(body);
      if (word === 'bad') return response.writeHead(422).end('no such word');
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ loud: word.toUpperCase(), who: process.env.WHO }));
    }).listen(process.env.PORT, process.env.HOST);`,
  });
  const example = join(temporaryDirectory(), 'examples.json');
  writeFileSync(example, JSON.stringify([{ input: { word: 'a' }, output: { loud: 'A' } }]));
  const deployed = await berth('deploy', solution, '--name', 'loud', '--example', example, '--env', 'WHO=me');
  expect(deployed).toMatchObject({
    exitCode: 0,
    value: {
      state: 'running',
      strategy: 'procfile',
      adaptation: { by: 'recipe:web-process' },
      contract: { passed: 1 },
    },
  });
  expect(await berth<Answer>('run', 'loud', '{"word": "b"}')).toMatchObject({
    value: { status: 'success', output: { loud: 'B', who: 'me' } },
  });
  expect(await berth<Answer>('run', 'loud', '{"word": "bad"}')).toMatchObject({
    exitCode: 1,
    value: { error: { code: 'CALL_INPUT', message: expect.stringContaining('no such word') } },
  });
  expect(await berth('stop', 'loud')).toMatchObject({ value: { state: 'stopped' } });
  expect(await berth('start', 'loud')).toMatchObject({ value: { state: 'running' } });
  expect(await berth<Answer>('run', 'loud', '{"word": "c"}')).toMatchObject({ value: { output: { loud: 'C' } } });
  expect(await berth('cleanup', 'loud')).toMatchObject({ exitCode: 0, value: { state: 'cleaned' } });
  expect(listProcesses({ ...home, root: join(home.deployments, 'loud') })).toEqual([]);
});

test('a strategy that changes while the worker runs is used in its current form', async () => {
  const solution = temporarySolution({ Procfile: 'web: node x.cjs\n', 'x.cjs': '' });
  expect(await berth('strategies', 'new', 'fresh')).toMatchObject({ exitCode: 0 });
  const recipes = join(home.strategies, 'fresh', 'recipes.ts');
  for (const word of ['first', 'second']) {
    const text = `export const recipes = [{ name: '${word}', recognize: async () => { throw new Error('the ${word} look') } }];\n`;
    writeFileSync(recipes, text);
    const deploy = await berth<{ lastError: { message: string } }>(
      'deploy',
      solution,
      '--name',
      word,
      '--strategy',
      'fresh',
    );
    expect(deploy).toMatchObject({
      exitCode: 1,
      value: { lastError: { message: expect.stringContaining(`the ${word} look`) } },
    });
    await berth('cleanup', word);
  }
});

test('unmet needs of a strategy are shown by list, doctor, test and deploy', async () => {
  const { value: listed } = await berth<StrategyAvailability[]>('strategies', 'list');
  const problem = 'crane: no crane answers (install a crane)';
  expect(listed).toContainEqual(
    expect.objectContaining({
      name: 'lifted',
      state: 'unavailable',
      problem,
      unmetNeeds: [expect.objectContaining({ name: 'crane' })],
    }),
  );
  const { stdout } = await runBin(['doctor'], { home: home.root, env });
  expect(stdout).toMatch(/^strategy lifted +absent +crane: no crane answers → install a crane$/m);
  const missing = {
    exitCode: 3,
    value: { error: { code: 'TOOL_MISSING', message: expect.stringContaining(problem) } },
  };
  expect(await berth('strategies', 'test', 'lifted')).toMatchObject(missing);

  const solution = temporarySolution({ Procfile: 'web: node x.cjs\n', 'x.cjs': '' });
  expect(await berth('deploy', solution, '--name', 'high', '--strategy', 'lifted')).toMatchObject(missing);
  expect(existsSync(join(home.deployments, 'high'))).toBe(false);
});

test('a strategy that fails its suite is reported with evidence and exit code 1', async () => {
  const broken = join(temporaryDirectory(), 'procfile');
  cpSync(exampleStrategyDirectory, broken, { recursive: true });
  const runner = readFileSync(join(broken, 'runner.ts'), 'utf8');
  const worse = runner.replace("'NOT_RUNNING'", "'CALL_FAILED'").replace('undo(): Promise<void> {', '$& return;');
  writeFileSync(join(broken, 'runner.ts'), worse);
  const { exitCode, value } = await berth<Report>('strategies', 'test', broken);
  expect({ exitCode, skipped: value.skipped }).toEqual({ exitCode: 1, skipped: 0 });
  expect(value.passed + value.failed).toBe(value.checks.length);
  expect(value.checks).toContainEqual(
    expect.objectContaining({ name: 'the software sees its variables', outcome: 'passed' }),
  );
  expect(value.checks.find(({ name }) => name.startsWith('stop resolves'))).toMatchObject({
    outcome: 'failed',
    evidence: expect.stringContaining('CALL_FAILED'),
  });
  expect(value.checks.find(({ name }) => name.startsWith('undo needs'))).toMatchObject({
    outcome: 'failed',
    evidence: expect.stringMatching(/^still present: process \d+/),
  });
  const pids = value.checks.flatMap(({ evidence }) => /process (\d+)/.exec(evidence ?? '')?.[1] ?? []);
  expect(pids.filter((pid) => identifyProcess(Number(pid)) !== null)).toEqual([]); // the suite leaves no process
});
