/** @needs git python3 uv temporal */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import type { Answer } from '../../src/contract/answer.js';
import { deploymentDirectory } from '../../src/home/home.js';
import { runBin } from '../support/bin.js';
import { temporaryDirectory, temporarySolution, writeTree } from '../support/temporary-directories.js';
import { listProcesses, temporaryStack } from '../support/temporary-stack.js';
import { type Deployed, describeTree, eventually, type Refusal, runJson } from './run-json.js';

// Invalid input and broken code: the command's message, and the absence of orphans.

const home = temporaryStack();
const scratch = temporaryDirectory('berth-scratch-');
const options = { home: home.root, env: { TMPDIR: scratch } };
const berth = <Value = Deployed>(...words: string[]) => runJson<Value>(words, options);

/** Source of a function that fails as its call requests. */
const fickle = temporarySolution({
  'app.py': `
import os
import time


class Thing:
    pass


def predict(how, text="", seconds=0.0):
    if how == "raise":
        raise ValueError(f"cannot read {text!r}")
    if how == "sleep":
        time.sleep(seconds)
    if how == "exit":
        os._exit(3)
    if how == "print":
        for number in range(8 * 1024):
            print(number, "x" * 1024)
    if how == "thing":
        return {"items": [Thing()]}
    if how == "nan":
        return {"score": float("nan")}
    return len(text)
`,
});
let fickleBefore: string;

beforeAll(async () => {
  fickleBefore = await describeTree(fickle);
  expect((await berth('deploy', fickle, '--name', 'fickle')).value).toMatchObject({ state: 'running' });
});

const good = { 'app.py': 'def predict(inputs):\n    return inputs\n' };

const strategyFiles = (name: string, runnerClass: string | number) => ({
  [`${name}/config.yaml`]: [
    `name: ${name}`,
    'provider: null',
    'interface: function',
    `runner_class: ${runnerClass}`,
    'default_resources: {}',
    'run_interface: { type: function }',
    '',
  ].join('\n'),
  [`${name}/selector_instruction.md`]: 'Choose it.',
  [`${name}/adapter_instruction.md`]: 'Leave it.',
});

/** Two broken strategies: one with a number instead of a class name, one without a runner. */
const badStrategies = { ...strategyFiles('wrong', 5), ...strategyFiles('idle', 'IdleRunner') };

test.each<[string, string[], string, string]>([
  ['a path that is not there', ['deploy', 'nowhere'], 'SOURCE_NOT_FOUND', 'nowhere'],
  ['a path of a file', ['deploy', 'app.py'], 'SOURCE_NOT_FOUND', 'app.py is not a directory'],
  ['an empty directory', ['deploy', 'empty'], 'SOURCE_EMPTY', 'empty'],
  ['a directory without Python', ['deploy', 'notes'], 'SOURCE_UNSUPPORTED', 'notes contains no Python'],
  ['a strategy that is not there', ['deploy', '.', '--strategy', 'lcal'], 'STRATEGY_UNKNOWN', '"lcal"; there are: '],
  ['a strategy without a runner', ['deploy', '.', '--strategy', 'idle'], 'STRATEGY_UNAVAILABLE', 'idle'],
  [
    'a strategy with a wrong type',
    ['deploy', '.', '--strategy', 'wrong'],
    'STRATEGY_BROKEN',
    'config.yaml:4: runner_class',
  ],
  ['an option that is not there', ['deploy', '.', '--nmae', 'x'], 'USAGE', "'--nmae' (Did you mean --name?)"],
  ['an input that is not JSON', ['deploy', '.', '--input', '{"a": 1'], 'INPUT_INVALID', '{"a": 1'],
  ['examples that are not there', ['deploy', '.', '--example', 'none.json'], 'EXAMPLES_INVALID', 'none.json'],
  ['a name that is taken', ['deploy', '.', '--name', 'fickle'], 'NAME_TAKEN', 'fickle, and it is running'],
  ['a call to an unknown name', ['run', 'nobody'], 'NAME_UNKNOWN', 'nobody'],
  ['status of an unknown name', ['status', 'nobody'], 'NAME_UNKNOWN', 'nobody'],
  ['cleanup of an unknown name', ['cleanup', 'nobody'], 'NAME_UNKNOWN', 'nobody'],
  ['abandon of a running deployment', ['abandon', 'fickle'], 'STATE_CONFLICT', 'it is running, not waiting'],
])('%s is refused without side effects', async (_, words, code, message) => {
  const cwd = temporarySolution({ ...good, 'notes/notes.md': '# Notes\n' });
  mkdirSync(join(cwd, 'empty'));
  const plugins = writeTree(temporaryDirectory(), badStrategies);
  const before = await describeTree(cwd);
  const env = { ...options.env, BERTH_STRATEGIES: plugins };
  const { exitCode, value } = await runJson<Refusal>(words, { ...options, env, cwd });
  expect({ exitCode, ...value.error }).toEqual({
    exitCode: 2,
    code,
    message: expect.stringContaining(message),
    next: expect.stringMatching(/\S/),
  });
  expect(await describeTree(cwd)).toBe(before);
  expect(readdirSync(home.deployments)).toEqual(['fickle']);
  expect(readdirSync(home.ledger)).toEqual(['fickle.jsonl']);
});

test('with several graphs, none is guessed: the error proposes a command that names one, and an unknown name is refused', async () => {
  const graphs = { one: './a.py:graph', two: './a.py:graph' };
  const files = { 'langgraph.json': JSON.stringify({ dependencies: ['.'], graphs }), 'a.py': 'graph = None\n' };
  const cwd = temporarySolution(files);
  const deployGraphs = (...words: string[]) =>
    runJson<Refusal>(['deploy', '.', '--name', 'graphs', '--strategy', 'langgraph', '--agent', 'none', ...words], {
      ...options,
      cwd,
    });
  expect((await deployGraphs()).value.error).toMatchObject({
    code: 'ENTRY_AMBIGUOUS',
    next: `Choose one: berth deploy ${cwd} --entry one`,
  });
  expect((await deployGraphs('--entry', 'three')).value.error).toMatchObject({
    code: 'ENTRY_NOT_FOUND',
    message: 'langgraph.json has no graph called three; it has: one, two',
  });
});

interface Flaw {
  files: Record<string, string>;
  words?: string[];
  code: string;
  message: RegExp;
  evidence: RegExp;
}

const app = (...lines: string[]) => ({ 'app.py': `${lines.join('\n')}\n` });
const example = (input: string, output: string) => ({ 'examples.json': `[{"input": ${input}, "output": ${output}}]` });
const withExamples = ['--example', 'examples.json'];

const flaws: Record<string, Flaw> = {
  'a syntax error': {
    files: app('def predict(inputs):', '    return {"a": 1', ''),
    code: 'PYTHON_SYNTAX',
    message: /^app\.py:2: '\{' was never closed/,
    evidence: /return \{"a": 1/,
  },
  'a dependency that does not exist': {
    files: { ...good, 'requirements.txt': 'berth-no-such-package-of-anyone==1.0\n' },
    code: 'DEPENDENCY_UNRESOLVED',
    message: /requirements\.txt do not resolve: .*berth-no-such-package-of-anyone/,
    evidence: /No solution found/,
  },
  'an import that fails': {
    files: app('import no_such_module', '', '', 'def predict(inputs):', '    return inputs'),
    code: 'IMPORT_FAILED',
    message: /No module named 'no_such_module'/,
    evidence: /File "app\.py", line 1/,
  },
  'an example with another output': {
    files: {
      ...app('def predict(number):', '    return {"doubled": number + 2}'),
      ...example('{"number": 3}', '{"doubled": 6}'),
    },
    words: withExamples,
    code: 'CONTRACT_FAILED',
    message: /input \{"number":3\}: output\.doubled: expected 6, got 5/,
    evidence: /expected 6, got 5/,
  },
  'an example that raises': {
    files: { ...app('def predict(number):', '    return 1 / number'), ...example('{"number": 0}', '1') },
    words: withExamples,
    code: 'CONTRACT_FAILED',
    message: /ZeroDivisionError: division by zero/,
    evidence: /File "app\.py", line 2, in predict/,
  },
  'an example that sleeps past its timeout': {
    files: {
      ...app('import time', 'def predict(seconds):', '    time.sleep(seconds)'),
      ...example('{"seconds": 30}', 'null'),
    },
    words: [...withExamples, '--timeout', '0.5'],
    code: 'CONTRACT_FAILED',
    message: /CALL_TIMEOUT: the call took longer than its 0\.5 s/,
    evidence: /CALL_TIMEOUT/,
  },
  'an example that exits the process': {
    files: { ...app('import os', 'def predict(code):', '    os._exit(code)'), ...example('{"code": 3}', 'null') },
    words: withExamples,
    code: 'CONTRACT_FAILED',
    message: /CALL_LOST/,
    evidence: /CALL_LOST/,
  },
  'an example that JSON cannot hold': {
    files: { ...app('def predict(n):', '    return {"a": {1j}}'), ...example('{"n": 1}', '{}') },
    words: withExamples,
    code: 'CONTRACT_FAILED',
    message: /CALL_OUTPUT: .*complex.*JSON cannot hold/,
    evidence: /CALL_OUTPUT/,
  },
  'an example that prints and raises megabytes': {
    files: {
      ...app('def predict(n):', '    print("x" * n)', '    raise ValueError("y" * n)'),
      ...example('{"n": 6000000}', 'null'),
    },
    words: withExamples,
    code: 'CONTRACT_FAILED',
    message: /ValueError: yyy/,
    evidence: /characters omitted/,
  },
};

test.each(Object.entries(flaws))(
  '%s makes the deployment wait with evidence, until it is abandoned',
  async (_, flaw) => {
    const { files, words = [], code, message, evidence } = flaw;
    const solution = temporarySolution(files);
    const before = await describeTree(solution);

    const deploy = ['deploy', solution, '--name', 'flawed', ...words];
    const { exitCode, value } = await runJson(deploy, { ...options, cwd: solution });
    expect({ exitCode, state: value.state, code: value.lastError?.code }).toEqual({
      exitCode: 1,
      state: 'waiting',
      code,
    });
    expect(value.lastError?.message).toMatch(message);
    expect(value.lastError?.evidence).toMatch(evidence);
    expect(value.lastError?.next).toContain('berth redeploy flawed');
    expect(JSON.stringify(value.lastError).length).toBeLessThan(50_000);
    expect(existsSync(join(deploymentDirectory(home, 'flawed').workspace, 'app.py'))).toBe(true);

    expect(await berth('abandon', 'flawed')).toMatchObject({ exitCode: 0, value: { state: 'cleaned' } });
    expectNothingLeftOf('flawed');
    expect(await describeTree(solution)).toBe(before);
  },
);

function expectNothingLeftOf(name: string): void {
  expect(existsSync(deploymentDirectory(home, name).root)).toBe(false);
  expect(readdirSync(home.ledger).filter((file) => file.startsWith(name))).toEqual([]);
  const directory = deploymentDirectory(home, name).root;
  expect(listProcesses({ ...home, root: directory })).toEqual([]);
}

const countRestarts = async () => (await berth('status', 'fickle')).value.restarts;

const call = (inputs: Record<string, unknown>, ...words: string[]) =>
  berth<Answer>('run', 'fickle', JSON.stringify(inputs), ...words);

test.each<[string, Record<string, unknown>, string, string]>([
  ['that raises', { how: 'raise', text: 'x' }, 'CALL_FAILED', "ValueError: cannot read 'x'"],
  ['with an unknown input', { how: 'raise', txt: 'x' }, 'CALL_INPUT', 'no input called txt'],
  ['without a needed input', {}, 'CALL_INPUT', 'needs how; inputs: how (required)'],
  ['that returns an object', { how: 'thing' }, 'CALL_OUTPUT', 'app.Thing'],
  ['that returns NaN', { how: 'nan' }, 'CALL_OUTPUT', 'score is NaN'],
])('a call %s is answered with the error', async (_, inputs, code, message) => {
  const { exitCode, value } = await call(inputs);
  expect({ exitCode, value }).toMatchObject({
    exitCode: 1,
    value: { status: 'error', error: { code, message: expect.stringContaining(message) } },
  });
  expect(await call({ how: 'fine', text: 'four' })).toMatchObject({ exitCode: 0, value: { output: 4 } });
});

test('a failed call prints its answer, the traceback and the next step', async () => {
  const { exitCode, stdout, stderr } = await runBin(['run', 'fickle', '{"how": "raise", "text": "x"}'], options);
  expect({ exitCode, lines: stdout.split('\n').length }).toEqual({ exitCode: 1, lines: 1 });
  expect(stderr.split('\n')).toEqual([
    "CALL_FAILED ValueError: cannot read 'x'",
    '  Traceback (most recent call last):',
    expect.stringMatching(/^ {4}File "app\.py", line \d+, in predict$/),
    `      raise ValueError(f"cannot read {text!r}")`,
    "  ValueError: cannot read 'x'",
    'The traceback is from the deployed code. Read its output: berth logs fickle',
  ]);
});

test('a call that exceeds its timeout ends; its process is replaced, and waiting calls use the new one', async () => {
  const before = await countRestarts();
  const { exitCode, value } = await call({ how: 'sleep', seconds: 600 }, '--timeout', '0.5');
  expect({ exitCode, value }).toMatchObject({ exitCode: 1, value: { error: { code: 'CALL_TIMEOUT' } } });
  const waiting = await Promise.all(['one', 'three'].map((text) => call({ how: 'fine', text }, '--timeout', '120')));
  expect(waiting.map(({ value }) => value)).toEqual([3, 5].map((output) => ({ status: 'success', output })));
  await eventually('the restart is counted', async () => (await countRestarts()) === before + 1);
});

test('a call that prints megabytes is answered, and the log has the complete output', async () => {
  expect(await call({ how: 'print' })).toMatchObject({ exitCode: 0, value: { output: 0 } });
  const { stdout } = await runBin(['logs', 'fickle', '--tail', '8192'], options);
  expect(stdout.split('\n').map((line) => Number.parseInt(line, 10))).toEqual(
    Array.from({ length: 8192 }, (_, n) => n),
  );
});

test('an input of 50 MB arrives complete, from a file and from standard input', async () => {
  const length = 50 * 1024 * 1024;
  const json = JSON.stringify({ how: 'fine', text: 'x'.repeat(length) });
  const file = join(temporaryDirectory(), 'input.json');
  writeFileSync(file, json);
  const answer = { status: 'success', output: length };
  expect((await berth('run', 'fickle', `@${file}`)).value).toEqual(answer);
  expect((await runJson(['run', 'fickle', '-'], { ...options, input: json })).value).toEqual(answer);
});

test.each(['{"how": ', 'fine', '', '@nowhere.json'])(
  'the input %j is refused because it is not JSON',
  async (input) => {
    const { exitCode, value } = await berth<Refusal>('run', 'fickle', input);
    expect({ exitCode, value }).toMatchObject({ exitCode: 2, value: { error: { code: 'INPUT_INVALID' } } });
  },
);

test('a call that exits the process fails alone, and the software restarts by itself', async () => {
  const before = await countRestarts();
  const { exitCode, value } = await call({ how: 'exit' });
  expect({ exitCode, value }).toMatchObject({ exitCode: 1, value: { error: { code: 'CALL_LOST' } } });
  await eventually('the software answers again', async () => (await call({ how: 'fine' })).exitCode === 0);
  await eventually('the restart is counted', async () => (await countRestarts()) === before + 1);
});

test('cleanup of all and down leave nothing, and the source is unchanged', async () => {
  expect(await describeTree(fickle)).toBe(fickleBefore);
  expect(await berth('cleanup', '--all', '--yes')).toMatchObject({ exitCode: 0 });
  expect(await berth('down')).toMatchObject({ exitCode: 0 });
  expect([...readdirSync(home.deployments), ...readdirSync(home.ledger)]).toEqual([]);
  const temporary = readdirSync(scratch, { recursive: true, withFileTypes: true });
  expect(temporary.filter((entry) => !entry.isDirectory())).toEqual([]);
  expect(listProcesses(home)).toEqual([]);
});
