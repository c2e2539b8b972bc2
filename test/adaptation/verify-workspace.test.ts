/** @needs git python3 uv */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { determineContract, type VerifyRequest, verifyWorkspace } from '../../src/adaptation/index.js';
import type { Example } from '../../src/contract/example.js';
import { Environments } from '../../src/environments/index.js';
import { gatherFacts } from '../../src/facts/index.js';
import { findProcessesByArguments } from '../../src/runners/host/find-processes-by-arguments.js';
import { hostProgram } from '../../src/runners/host/launch-host.js';
import { temporaryDirectory, temporaryHome, temporarySolution } from '../support/temporary-directories.js';

const environments = new Environments(temporaryHome());

async function verify(
  files: Record<string, string>,
  request: Partial<VerifyRequest> & { examples?: Example[]; timeout?: number } = {},
) {
  const code = temporarySolution(files);
  const state = temporaryDirectory('b-');
  const facts = await gatherFacts(code);
  const { examples = [], timeout = 5, ...others } = request;
  const { runInterface = { type: 'function', module: 'app', callable: 'predict' }, ...rest } = others;
  const contract = determineContract({ examples, facts, runInterface });
  const plan = {
    deployment: 'tried',
    revision: 'r1',
    stateDirectory: state,
    logFile: join(state, 'log'),
    resources: {},
    timeout,
  };
  const packageDirectory = join(state, 'package');
  try {
    return await verifyWorkspace({
      code,
      facts,
      contract,
      runInterface,
      environments,
      packageDirectory,
      plan,
      env: {},
      ...rest,
    });
  } finally {
    expect(findProcessesByArguments([hostProgram, state])).toEqual([]);
    expect(existsSync(join(state, 'host.sock'))).toBe(false);
  }
}

const example = (input: unknown, output: unknown): Example => ({ input, output, match: 'subset' });

test('software that fulfills its contract passes every local check', async () => {
  const files = {
    'app.py':
      'import six\nfrom helpers import double\ndef predict(x, times=1):\n    return {"y": double(x) * times, "six": six.__version__}\n',
    'helpers.py': 'def double(x):\n    return 2 * x\n',
    'scratch.py': 'def broken(:\n',
    'requirements.txt': 'six==1.16.0\n',
  };
  const verified = await verify(files, {
    examples: [example({ x: 4 }, { y: 8 }), example({ x: 1, times: 3 }, { y: 6 })],
  });
  expect(verified.checks.map(({ name, note }) => `${name}: ${note}`)).toEqual([
    'structure: app.py',
    expect.stringMatching(/^syntax: 2 files, Python 3\./),
    expect.stringMatching(/^install: Python 3\./),
    'import: app:predict',
    'contract locally: 2 of 2 examples',
  ]);
  expect(verified.contract).toEqual({ source: 'user', examples: 2, passed: 2 });
  expect(verified.notes).toEqual([expect.stringMatching(/^scratch\.py has a syntax error on line 1/)]);
});

test('a syntax error is found before anything is installed', async () => {
  const files = {
    'app.py': 'import helpers\ndef predict(x):\n    return x\n',
    'helpers.py': 'def double(x:\n',
    'requirements.txt': 'berth-no-such-package\n',
  };
  await expect(verify(files)).rejects.toMatchObject({
    code: 'PYTHON_SYNTAX',
    message: expect.stringMatching(/^helpers\.py, line 1/),
    details: {
      evidence: expect.stringContaining('def double(x:'),
      checks: expect.stringContaining('structure (app.py)'),
    },
  });
});

test('a dependency that does not exist fails the install', async () => {
  const files = { 'app.py': 'def predict(x):\n    return x\n', 'requirements.txt': 'berth-no-such-package\n' };
  await expect(verify(files)).rejects.toMatchObject({ code: 'DEPENDENCY_UNRESOLVED', details: { check: 'install' } });
});

test('an import that fails shows the user’s traceback', async () => {
  const files = { 'app.py': 'import no_such_module\ndef predict(x):\n    return x\n' };
  await expect(verify(files)).rejects.toMatchObject({
    code: 'IMPORT_FAILED',
    message: expect.stringContaining('no_such_module'),
    details: {
      evidence: expect.stringContaining('app.py'),
      checks: expect.stringMatching(/^failed: import; passed before: structure/),
    },
  });
});

test('a failed example shows its input, the expected and the actual output', async () => {
  const files = { 'app.py': 'def predict(x):\n    return {"y": x + 1}\n' };
  await expect(
    verify(files, { examples: [example({ x: 1 }, { y: 2 }), example({ x: 5 }, { y: 7 })] }),
  ).rejects.toMatchObject({
    code: 'CONTRACT_FAILED',
    message: expect.stringMatching(/^1 of 2 given examples failed; (?!.*7)/),
    details: {
      evidence: expect.stringMatching(/^example 2, input \{"x":5\}\n.* got \{"y":6\}$/),
      fullEvidence: 'example 2, input {"x":5}\n  output.y: expected 7, got 6',
    },
  });
});

test('an example with a call that raises shows the traceback', async () => {
  const files = { 'app.py': 'def predict(x):\n    return 1 / x\n' };
  await expect(verify(files, { examples: [{ input: { x: 0 }, match: 'subset' }] })).rejects.toMatchObject({
    code: 'CONTRACT_FAILED',
    details: { evidence: expect.stringMatching(/expected an answer, got the error CALL_FAILED[\s\S]*app\.py/) },
  });
});

test('documented calls are the contract if the user provides no examples', async () => {
  const files = {
    'app.py': 'def predict(x):\n    """Doubles.\n\n    >>> predict(2)\n    5\n    """\n    return 2 * x\n',
  };
  await expect(verify(files)).rejects.toMatchObject({
    code: 'CONTRACT_FAILED',
    message: expect.stringContaining('calls documented in the repository'),
  });
});

test.each([
  ['ends the process', 'os._exit(3)', 'CALL_LOST'],
  ['crashes', 'os.kill(os.getpid(), signal.SIGSEGV)', 'CALL_LOST'],
  ['never ends', 'ctypes.CDLL(None).sleep(600)', 'CALL_TIMEOUT'],
])(
  'a documented call that %s does not affect the others',
  async (_, code, problem) => {
    const calls = [1, 2, 3].map((x) => `    >>> predict(${x})\n    ${2 * x}\n`).join('');
    const files = {
      'app.py': `import ctypes, os, signal\ndef predict(x):\n    """Doubles.\n\n${calls}    """\n    if x == 1:\n        ${code}\n    return 2 * x\n`,
    };
    const { contract } = await verify(files, { isUserCode: true, timeout: 2 });
    expect(contract).toMatchObject({
      examples: 3,
      passed: 2,
      stale: [{ example: 0, problem: expect.stringContaining(problem) }],
    });
  },
  30_000,
);

test('without any example nothing is called, and the note says so', async () => {
  const files = { 'app.py': 'def predict(x):\n    raise SystemExit(3)\n' };
  const { contract, checks } = await verify(files);
  expect(contract).toEqual({ source: 'weak', examples: 0, passed: 0 });
  expect(checks.at(-1)?.note).toMatch(/nothing was called/);
});

test('the software’s variables reach the import', async () => {
  const files = { 'app.py': 'import os\nTOKEN = os.environ["TOKEN"]\ndef predict():\n    return TOKEN\n' };
  const verified = await verify(files, { env: { TOKEN: 'abc' }, examples: [example({}, 'abc')] });
  expect(verified.contract.passed).toBe(1);
});

test('a missing module fails the structure check', async () => {
  const runInterface = { type: 'function', module: 'elsewhere', callable: 'predict' };
  await expect(verify({ 'app.py': '' }, { runInterface })).rejects.toMatchObject({
    code: 'ADAPTATION_FAILED',
    details: { evidence: expect.stringContaining('elsewhere.py') },
  });
});

test('a name missing from the imported module is the user’s mistake, or the agent’s', async () => {
  const files = { 'app.py': 'def predict(x):\n    return x\n' };
  const runInterface = { type: 'function', module: 'app', callable: 'predit' };
  await expect(verify(files, { runInterface, entry: 'app:predit' })).rejects.toMatchObject({
    code: 'ENTRY_NOT_FOUND',
    message: '--entry app:predit: its module has no predit; it has: predict',
    details: { candidates: ['app:predict'], check: 'import' },
  });
  await expect(verify(files, { runInterface })).rejects.toMatchObject({
    code: 'START_FAILED',
    details: { candidates: ['app:predict'] },
  });
});

test('an installed module may be the entry', async () => {
  const runInterface = { type: 'function', module: 'colorsys', callable: 'rgb_to_hsv', call: 'auto' };
  const { checks } = await verify({ 'app.py': '' }, { runInterface, entry: 'colorsys:rgb_to_hsv' });
  expect(checks[0]?.note).toBe('colorsys comes from an installed package');
  const missing = { ...runInterface, module: 'no_such_module' };
  await expect(verify({ 'app.py': '' }, { runInterface: missing, entry: 'no_such_module:f' })).rejects.toMatchObject({
    code: 'ENTRY_NOT_FOUND',
  });
});

test('a callable without a readable signature is not called with defaults', async () => {
  const source = 'import functools\ndef inner(text): raise ValueError(text)\npredict = functools.partial(inner)\n';
  const { contract } = await verify({ 'app.py': source });
  expect(contract).toMatchObject({ source: 'weak', examples: 0 });
});

test('only the environment is prepared for an interface other than a function', async () => {
  const { checks, contract } = await verify({ 'app.py': '' }, { runInterface: { type: 'http' } });
  expect(checks.filter(({ note }) => note === 'checked at the endpoint')).toHaveLength(4);
  expect(contract).toEqual({ source: 'weak', examples: 0, passed: 0 });
});

test('nothing is prepared for a strategy with its own environment', async () => {
  const files = { 'app.py': 'def predict(x):\n    return x\n', 'requirements.txt': 'no-such-package-anywhere==1\n' };
  const verified = await verify(files, { environments: null, runInterface: { type: 'http' } });
  expect(verified).toMatchObject({ environment: null, notes: [] });
  expect(verified.checks.map(({ note }) => note)).toEqual(Array(5).fill('checked at the endpoint'));
});

test('a cancelled check leaves no process', async () => {
  const controller = new AbortController();
  const files = { 'app.py': 'import time\ntime.sleep(60)\ndef predict(x):\n    return x\n' };
  const onProgress = (line: string) =>
    void (line.startsWith('importing') && setTimeout(() => controller.abort(new Error('enough')), 300));
  await expect(verify(files, { signal: controller.signal, onProgress })).rejects.toThrow('enough');
});
