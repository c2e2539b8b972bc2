/** @needs git python3 uv temporal */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Answer } from '../../src/contract/answer.js';
import type { StrategyEntry } from '../../src/registry/index.js';
import type { DiagnosticCheck } from '../../src/stack/index.js';
import { runBin } from '../support/bin.js';
import { temporarySolution, writeTree } from '../support/temporary-directories.js';
import { listProcesses, temporaryStack } from '../support/temporary-stack.js';
import { describeTree, type Refusal, runJson } from './run-json.js';

// A user's strategy: a directory in $BERTH_HOME/strategies. It runs `answer.sh` once per call.

const home = temporaryStack();
const berth = <Value>(...words: string[]) => runJson<Value>(words, { home: home.root });

const config = (name: string, signals: string) => `name: ${name}
provider: null
interface: shell
runner_class: ShellRunner
default_resources: { concurrency: 4 }
run_interface: { type: shell, script: answer.sh }
signals:
  - ${signals}
`;

const runner = `
import { spawn } from 'node:child_process';
import { appendFile, access } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Answer, CallOptions, Handle, Health, LogOptions, Runner, RunPlan, StartOptions } from 'berth';
import { BerthError } from 'berth';

/** Runs the solution's script for every call, with inputs on standard input and output on standard output. */
export class ShellRunner implements Runner {
  private readonly script: string;
  private env: Record<string, string> = {};

  constructor(private readonly plan: RunPlan) {
    this.script = join(plan.directory, String(plan.runInterface.script));
  }

  async start({ env, onProgress }: StartOptions): Promise<Handle> {
    await access(this.script).catch(() => {
      throw new BerthError('START_FAILED', \`there is no \${this.script}\`);
    });
    onProgress?.('nothing to start');
    await appendFile(this.plan.logFile, 'ready to be called\\n');
    this.env = env;
    return { plan: this.plan, endpoint: this.script, startedAt: new Date().toISOString() };
  }

  async attach(): Promise<void> {}

  async run(inputs: unknown, { signal }: CallOptions = {}): Promise<Answer> {
    const child = spawn('sh', [this.script], { env: { ...process.env, ...this.env }, ...(signal && { signal }) });
    child.stdin.end(JSON.stringify(inputs));
    const [stdout, stderr, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise((resolve) => child.once('close', resolve)),
    ]);
    await appendFile(this.plan.logFile, stderr);
    if (code === 0) return { status: 'success', output: stdout.trim() };
    return { status: 'error', error: { code: 'CALL_FAILED', message: \`the script ended with \${code}\` } };
  }

  async isHealthy(): Promise<Health> {
    return { isHealthy: true, state: 'ready', detail: 'is started by each call' };
  }

  async *logs(_: LogOptions = {}): AsyncGenerator<string> {
    const { readFile } = await import('node:fs/promises');
    yield* (await readFile(this.plan.logFile, 'utf8')).trimEnd().split('\\n');
  }

  async stop(): Promise<void> {}
  async undo(): Promise<void> {}
  async close(): Promise<void> {}
}
`;

const recipes = `
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Recipe } from 'berth';

export const recipes: Recipe[] = [
  {
    name: 'answer-script',
    async recognize({ workspace }) {
      const isThere = await access(join(workspace, 'answer.sh')).then(() => true, () => false);
      if (!isThere) return undefined;
      return {
        summary: 'recognized answer.sh',
        runInterface: { type: 'shell', script: 'answer.sh' },
        files: { 'NOTICE.txt': 'Called by a script.\\n' },
      };
    },
  },
];
`;

writeTree(join(home.strategies, 'shell'), {
  'config.yaml': config('shell', '{ fact: "entry:*", weight: 1, reason: a script needs no entry }'),
  'selector_instruction.md': '# Choose it for a repository with an answer.sh\n',
  'adapter_instruction.md': '# Write answer.sh\n',
  'runner.ts': runner,
  'recipes.ts': recipes,
});
writeTree(join(home.strategies, 'broken'), {
  'config.yaml': config('broken', '{ fact: 5, weight: 1, reason: a number stands where a word belongs }'),
  'selector_instruction.md': 'Choose it.\n',
  'adapter_instruction.md': 'Change nothing.\n',
  'runner.ts': runner,
});

const solution = temporarySolution({
  'answer.sh': 'echo "called" >&2\nread -r line\ncase "$line" in *no*) exit 4;; esac\necho "got $line, $MOOD"\n',
  'tool.py': 'print("only here to be Python")\n',
});

test('a user’s strategy is listed, and a broken one hides no other', async () => {
  const { value, exitCode } = await berth<StrategyEntry[]>('strategies', 'list');
  expect(exitCode).toBe(0);
  expect(value).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ name: 'local', origin: 'built-in', state: 'ready' }),
      expect.objectContaining({ name: 'shell', origin: 'user', state: 'ready', problem: null }),
      expect.objectContaining({
        name: 'broken',
        origin: 'user',
        state: 'broken',
        problem: expect.stringMatching(/broken\/config\.yaml:8: signals\S* ?.*fact/),
      }),
    ]),
  );
  const shown = await runBin(['strategies', 'show', 'shell'], { home: home.root });
  expect(shown).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Choose it for a repository with') });
});

test('doctor shows the line of the broken strategy and passes otherwise', async () => {
  const { value } = await berth<DiagnosticCheck[]>('doctor');
  expect(value).toContainEqual(
    expect.objectContaining({
      name: 'strategy broken',
      ok: false,
      isRequired: false,
      detail: expect.stringContaining('config.yaml:8'),
    }),
  );
  const { stdout } = await runBin(['doctor'], { home: home.root });
  expect(stdout).toMatch(/^strategy broken +broken +\S+config\.yaml:8.* → fix the file/m);
});

test('a deploy to the broken strategy is refused with its file and line', async () => {
  const { exitCode, value } = await berth<Refusal>('deploy', solution, '--strategy', 'broken');
  expect({ exitCode, ...value.error }).toMatchObject({
    exitCode: 2,
    code: 'STRATEGY_BROKEN',
    message: expect.stringMatching(/config\.yaml:8: /),
  });
});

test('a user’s strategy deploys, runs, stops, starts and is cleaned up', async () => {
  const before = await describeTree(solution);
  const deploy = ['deploy', solution, '--name', 'scripted', '--strategy', 'shell', '--env', 'MOOD=calm'];
  const deployed = await berth(...deploy, '--input', '"hello"');
  expect(deployed).toMatchObject({
    exitCode: 0,
    value: {
      state: 'running',
      strategy: 'shell',
      interface: 'shell',
      resources: { concurrency: 4 },
      adaptation: { by: 'recipe:answer-script' },
      adaptedFiles: ['NOTICE.txt'],
      answer: { status: 'success' },
    },
  });
  expect(await berth<Answer>('run', 'scripted', '"hi"')).toMatchObject({
    exitCode: 0,
    value: { status: 'success', output: expect.stringContaining('got "hi"') },
  });
  const failed = await berth<Answer>('run', 'scripted', '"no"');
  expect(failed).toMatchObject({ exitCode: 1, value: { error: { message: 'the script ended with 4' } } });
  const { stdout } = await runBin(['logs', 'scripted'], { home: home.root });
  expect(stdout).toBe('ready to be called\ncalled\ncalled\ncalled');

  expect(await berth('stop', 'scripted')).toMatchObject({ exitCode: 0, value: { state: 'stopped' } });
  expect(await berth('run', 'scripted', '1')).toMatchObject({ exitCode: 1 });
  expect(await berth('start', 'scripted')).toMatchObject({ exitCode: 0, value: { state: 'running' } });
  expect(await berth('run', 'scripted', '1')).toMatchObject({ exitCode: 0 });

  expect(await berth('cleanup', 'scripted')).toMatchObject({ exitCode: 0, value: { state: 'cleaned' } });
  expect(await describeTree(solution)).toBe(before);
  expect(readFileSync(join(home.strategies, 'shell', 'runner.ts'), 'utf8')).toBe(runner);
  expect(listProcesses({ ...home, root: join(home.deployments, 'scripted') })).toEqual([]);
});
