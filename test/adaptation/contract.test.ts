import { expect, test } from '@jest/globals';
import {
  checkContract,
  contractFailedError,
  determineContract,
  matchOutput,
  splitContract,
} from '../../src/adaptation/index.js';
import { listStaleCalls } from '../../src/adaptation/summarize-contract.js';
import type { Answer } from '../../src/contract/answer.js';
import type { Contract, Example } from '../../src/contract/example.js';
import type { DocumentedCall, EntryPoint, Parameter } from '../../src/contract/facts.js';
import { readExactJson } from '../../src/json/read-json.js';
import { someFacts } from '../environments/some-facts.js';

const differs = (match: Example['match'], output: unknown, got: unknown) =>
  matchOutput({ input: null, output, match }, got);

test.each<[Example['match'], unknown, unknown, string | null]>([
  ['subset', { a: 1 }, { a: 1, b: 2 }, null],
  ['subset', { a: { b: [1, { c: 0.1 }] } }, { a: { b: [1, { c: 0.1 + 1e-8, d: 1 }] } }, null],
  ['subset', { a: { b: [1, 2] } }, { a: { b: [1, 3] } }, 'output.a.b[1]: expected 2, got 3'],
  ['subset', { a: 1 }, {}, 'output.a: expected 1, got nothing'],
  ['subset', [1, 2], [1], 'output: expected 2 elements, got 1: [1]'],
  ['subset', 1_000_000, 1_000_000.5, null],
  ['subset', 0, 0.001, 'output: expected 0, got 0.001'],
  ['subset', '1', 1, 'output: expected "1", got 1'],
  ['subset', null, null, null],
  ['exact', { a: 1 }, { a: 1, b: 2 }, 'output.b: expected nothing, got 2'],
  ['exact', 0.1, 0.1 + 1e-8, 'output: expected 0.1, got 0.10000001'],
  ['exact', [{ a: [] }], [{ a: [] }], null],
  ['schema', { type: 'array', prefixItems: [{ type: 'string' }] }, ['x'], null],
  [
    'schema',
    { type: 'object', required: ['y'] },
    {},
    "output: does not match the schema (must have required property 'y'), got {}",
  ],
])('%s: %j and %j', async (match, output, got, difference) => {
  expect(await differs(match, output, got)).toBe(difference);
});

test('integers beyond 2^53 come as bigints, are compared, and are shown with all their digits', async () => {
  expect(await differs('exact', 2 ** 63, 2n ** 63n)).toBeNull();
  expect(await differs('subset', { n: 2 ** 63 }, { n: 2n ** 63n })).toBeNull();
  expect(await differs('schema', { type: 'integer', minimum: 1 }, 2n ** 63n)).toBeNull();
  expect(await differs('subset', 1, 9007199254740993n)).toBe('output: expected 1, got 9007199254740993');
});

test('integers compare exactly and floats within a tolerance, in any notation', async () => {
  const reads = (expected: string, got: string, match: Example['match'] = 'subset') =>
    differs(match, readExactJson(expected), readExactJson(got));
  expect(await reads('9007199254740993', '9007199254740992')).toBe(
    'output: expected 9007199254740993, got 9007199254740992',
  );
  expect(await reads('[9007199254740993]', '[9007199254740993]', 'exact')).toBeNull();
  expect(await reads('10000000', '10000001')).toBe('output: expected 10000000, got 10000001');
  expect(await reads('10000000.0', '10000001.0')).toBeNull();
  expect(await reads('10000000', '10000001.0')).toBeNull();
  expect(await reads('{"a": 1.0}', '{"a": 1}', 'exact')).toBeNull();
  expect(await reads('1e22', '10000000000000000000000')).toBeNull();
  expect(await reads('{"type": "integer", "minimum": 1.0}', '9223372036854775807', 'schema')).toBeNull();
});

test('an example without an output accepts any answer', async () => {
  expect(await matchOutput({ input: 1, match: 'subset' }, { anything: true })).toBeNull();
});

const parameter = (name: string, value: string | null = null): Parameter => ({
  name,
  kind: 'positional',
  annotation: null,
  default: value,
});
const entry = (parameters: Parameter[]): EntryPoint => ({
  file: 'app.py',
  module: 'app',
  root: '.',
  callable: 'predict',
  kind: 'function',
  isAsync: false,
  isGenerator: false,
  parameters,
  methods: [],
  bases: [],
  constructorParameters: [],
  docstring: null,
  line: 1,
});
const documented = (call: Partial<DocumentedCall>): DocumentedCall => ({
  file: 'app.py',
  line: 3,
  callable: 'predict',
  input: null,
  positional: [],
  origin: 'doctest',
  ...call,
});
const functionInterface = { type: 'function', module: 'app', callable: 'predict' };
const determine = (parameters: Parameter[], calls: DocumentedCall[] = [], call = 'arguments') =>
  determineContract({
    examples: [],
    facts: someFacts({ entryPoints: [entry(parameters)], documentedCalls: calls, imports: { 'tests.py': ['app.py'] } }),
    runInterface: { ...functionInterface, call },
  });

test('the user’s examples come first', () => {
  const examples: Example[] = [{ input: { x: 1 }, match: 'exact' }];
  const facts = someFacts({ entryPoints: [entry([])], documentedCalls: [documented({ positional: [1] })] });
  expect(determineContract({ examples, facts, runInterface: functionInterface })).toEqual({ source: 'user', examples });
});

test('documented calls of the callable come next, positional arguments by the signature', () => {
  const calls = [
    documented({ positional: [2], output: 4 }),
    documented({ callable: 'other', positional: [3] }),
    documented({ file: 'elsewhere.py', positional: [4] }),
    documented({ file: 'tests.py', origin: 'main', input: { x: 5 } }),
  ];
  expect(determine([parameter('x')], calls)).toEqual({
    source: 'repository',
    examples: [
      { input: { x: 2 }, output: 4, match: 'subset', place: 'app.py:3' },
      { input: { x: 5 }, match: 'subset', place: 'tests.py:3' },
    ],
  });
});

test('a function behind a server is checked with documented calls, but not with its defaults', () => {
  const runInterface = { type: 'http', port: 8000, serves: functionInterface };
  const facts = (documentedCalls: DocumentedCall[]) =>
    someFacts({ entryPoints: [entry([parameter('x', '1')])], documentedCalls });
  const calls = [documented({ positional: [2], output: 4 })];
  expect(determineContract({ examples: [], facts: facts(calls), runInterface })).toEqual({
    source: 'repository',
    examples: [{ input: { x: 2 }, output: 4, match: 'subset', place: 'app.py:3' }],
  });
  const weak = { source: 'weak', examples: [] };
  expect(determineContract({ examples: [], facts: facts([]), runInterface })).toEqual(weak);
  expect(determineContract({ examples: [], facts: facts(calls), runInterface: { type: 'http' } })).toEqual(weak);
});

test('the argument of a callable that takes one dict is the input', () => {
  const calls = [documented({ positional: [{ text: 'a' }] })];
  expect(determine([parameter('inputs')], calls, 'inputs').examples).toEqual([
    { input: { text: 'a' }, match: 'subset', place: 'app.py:3' },
  ]);
});

test.each<[string, Partial<DocumentedCall>]>([
  ['is not to be run', { options: ['SKIP'], output: 4, outputText: '4' }],
  ['has dots for an argument', { positional: ['...'] }],
  ['has the path of no file', { positional: ['path/to/image.png'] }],
  ['has an absolute path of no file', { input: { x: '/path/to/model' } }],
  ['has an address', { positional: ['https://example.com/cat.png'] }],
  ['has a placeholder within a list', { positional: [[{ image: '<your image>' }]] }],
])('a documented call that %s is not part of the contract', (_, call) => {
  expect(determine([parameter('x')], [documented({ positional: ['a'], ...call })])).toEqual({
    source: 'weak',
    examples: [],
  });
});

test('a call with a URL and a documented output is part of the contract', () => {
  const calls = [
    documented({ positional: ['https://example.com/'], output: 'example.com', outputText: "'example.com'" }),
  ];
  expect(determine([parameter('x')], calls).examples).toEqual([
    { input: { x: 'https://example.com/' }, output: 'example.com', match: 'subset', place: 'app.py:3' },
  ]);
});

test.each<[string, Partial<DocumentedCall>, object]>([
  ['a literal', { output: 4, outputText: '4\n' }, { output: 4 }],
  ['no literal', { outputText: 'array([4])\n' }, {}],
  ['dots', { outputText: '[1, ...]', options: ['ELLIPSIS'] }, { doctest: { want: '[1, ...]', options: ['ELLIPSIS'] } }],
  ['dots without the flag', { output: 'a...', outputText: "'a...'" }, { output: 'a...' }],
  [
    'an exception',
    { outputText: 'Traceback (most recent call last):\nValueError: no' },
    { doctest: { want: 'Traceback (most recent call last):\nValueError: no', options: [] } },
  ],
])('a doctest that expects %s is compared accordingly', (_, call, expected) => {
  const { examples } = determine([parameter('x')], [documented({ positional: [1], ...call })]);
  expect(examples).toEqual([{ input: { x: 1 }, match: 'subset', place: 'app.py:3', ...expected }]);
});

test.each([
  ['no parameters', [], 1],
  ['defaults', [parameter('x', '3')], 1],
  ['a required parameter', [parameter('x')], 0],
  ['a default of None', [parameter('x', 'None')], 0],
  ['literals of all kinds', [parameter('x', "{'a': [1.5e3, -0x1F, True, (r'\\d', None)]}")], 1],
  ['a text that looks like a call', [parameter('x', '"Input(1)"')], 1],
  ['a declaration', [parameter('x', 'Input(description="a text")')], 0],
  ['a declaration of a module', [parameter('x', 'typer.Option(...)')], 0],
  ['a call', [parameter('x', 'os.getenv("X", "y")')], 0],
  ['a name', [parameter('x', 'NOT_GIVEN')], 0],
  ['a formatted text', [parameter('x', 'f"{size}"')], 0],
])('the weak contract of a callable with %s has %s', (_, parameters, examples) => {
  const contract = determine(parameters);
  expect(contract.source).toBe('weak');
  expect(contract.examples).toHaveLength(examples);
});

const examples: Example[] = [
  { input: 1, output: 1, match: 'subset' },
  { input: 2, output: 2, match: 'subset' },
  { input: 3, match: 'subset' },
];
const call = async (input: unknown): Promise<Answer> =>
  input === 3
    ? {
        status: 'error',
        error: { code: 'CALL_FAILED', message: 'ValueError: no', traceback: 'Traceback\n  app.py' },
      }
    : { status: 'success', output: 1 };

test('the evidence contains every failed example with its answer', async () => {
  const checked = await checkContract({ contract: { source: 'user', examples }, call, heldBack: [] });
  expect(checked.fullEvidence).toBeNull();
  expect(checked.report).toEqual({ source: 'user', examples: 3, passed: 1 });
  expect(checked.evidence).toBe(
    'example 2, input 2\n  output: expected 2, got 1\nexample 3, input 3\n  expected an answer, got the error CALL_FAILED: ValueError: no\n  Traceback\n    app.py',
  );
});

const failing =
  (message: string, code = 'CALL_FAILED') =>
  async (): Promise<Answer> => ({
    status: 'error',
    error: { code, message, ...(code === 'CALL_FAILED' && { type: message.split(':')[0] ?? '' }) },
  });
const probe = { source: 'weak', examples: [{ input: {}, match: 'subset' }] } satisfies Contract;

test.each([
  ['CALL_FAILED', 'ValueError: no good', 'ValueError: no good'],
  ['CALL_TIMEOUT', 'no answer within 60 s', 'CALL_TIMEOUT: no answer within 60 s'],
  ['CALL_INPUT', 'x is missing', 'CALL_INPUT: x is missing'],
  ['QUOTA', 'none left', 'QUOTA: none left'],
])('a probe of the user’s code that ends with %s is reported, but does not fail', async (code, message, summary) => {
  const checked = await checkContract({ contract: probe, call: failing(message, code), isUserCode: true });
  expect(checked).toEqual({
    report: { source: 'none', examples: 0, passed: 0, probe: { code, raised: summary } },
    evidence: null,
    fullEvidence: null,
    note: `contract: none; called with its defaults, it raised ${summary}`,
  });
});

test('a probe of agent-changed code that raises is evidence', async () => {
  const checked = await checkContract({ contract: probe, call: failing('ValueError: no good') });
  expect(checked.evidence).toContain('ValueError: no good');
  expect(contractFailedError(checked).code).toBe('CONTRACT_FAILED');
});

test.each(['NOT_RUNNING', 'ENGINE_UNREACHABLE', 'CALL_CANCELLED'])(
  'a probe that ends with %s never reached the software, and is no evidence about it',
  async (code) => {
    const checked = await checkContract({ contract: probe, call: failing('away', code), isUserCode: true });
    expect(checked.evidence).toContain('away');
  },
);

test('a failed probe is not repeated', async () => {
  const contract: Contract = { source: 'none', examples: [], probe: { code: 'CALL_FAILED', raised: 'ValueError: no' } };
  const never = () => Promise.reject(new Error('it was called'));
  const { report, evidence } = await checkContract({ contract, call: never, isUserCode: true });
  expect(evidence).toBeNull();
  expect(report).toEqual({ source: 'none', examples: 0, passed: 0, probe: contract.probe });
});

const documentation: Contract = {
  source: 'repository',
  examples: examples.map((one, index) => ({ ...one, place: `README.md:${index + 1}` })),
};

test('documentation may be outdated: passing calls count, and failing ones are named', async () => {
  const { report, evidence, note } = await checkContract({ contract: documentation, call, isUserCode: true });
  expect(evidence).toBeNull();
  expect(report).toEqual({
    source: 'repository',
    examples: 3,
    passed: 1,
    stale: [
      { example: 1, place: 'README.md:2', input: '2', problem: 'output: expected 2, got 1' },
      {
        example: 2,
        place: 'README.md:3',
        input: '3',
        problem: 'expected an answer, got the error CALL_FAILED: ValueError: no',
      },
    ],
  });
  expect(note).toBe('1 of 3 examples from the repository; out of date: README.md:2, README.md:3');
  expect(listStaleCalls(report)[0]).toBe(
    'README.md:2: the documented call with 2 does not behave as documented: output: expected 2, got 1',
  );
});

test('failed documented calls are not repeated, and the report still names them', async () => {
  const { report } = await checkContract({ contract: documentation, call, isUserCode: true });
  const { stale = [] } = report;
  const repeated: unknown[] = [];
  const record = (inputs: unknown) => {
    repeated.push(inputs);
    return call(inputs);
  };
  const again = await checkContract({ contract: documentation, call: record, isUserCode: true, stale });
  expect(repeated).toEqual([1]);
  expect(again).toMatchObject({ report, evidence: null });
  const late = await checkContract({ contract: documentation, call, isUserCode: true, stale: stale.slice(1) });
  expect(late.report).toEqual(report);
  const none = await checkContract({
    contract: documentation,
    isUserCode: true,
    stale,
    call: failing('ValueError: no'),
  });
  expect(none.evidence).toContain('example 1');
});

test('documented calls that all fail are evidence, and so is any failing one in agent-changed code', async () => {
  const none = await checkContract({ contract: documentation, call: failing('ValueError: no'), isUserCode: true });
  expect(none.evidence).toContain('example 1 (README.md:1), input 1');
  expect((await checkContract({ contract: documentation, call })).evidence).toContain('README.md:2');
});

test('an unreachable documented URL is only named, but a wrong answer is a failure', async () => {
  const input = { url: 'https://example.com/article' };
  const contract: Contract = {
    source: 'repository',
    examples: [{ input, output: '2016-12-23', match: 'subset', place: 'README.md:9' }],
  };
  const check = (answer: Answer) => checkContract({ contract, call: async () => answer, isUserCode: true });
  for (const answer of [await failing('URLError: no route')(), { status: 'success', output: null } as const])
    expect(await check(answer)).toMatchObject({
      evidence: null,
      report: { passed: 0, stale: [{ place: 'README.md:9' }] },
    });
  expect((await check({ status: 'success', output: '1999-01-01' })).evidence).toContain('README.md:9');
});

test('all examples of the user must pass, for the user’s and the agent’s code', async () => {
  const checked = await checkContract({ contract: { source: 'user', examples }, call, heldBack: [], isUserCode: true });
  expect(checked.evidence).toContain('example 2');
});

test('reports about probes and calls contain no secrets', async () => {
  const secrets = ['sk-canary-77'];
  const leaking = failing(`ValueError: ${'x'.repeat(290)}sk-canary-77`);
  const checked = await checkContract({ contract: probe, call: leaking, isUserCode: true, secrets });
  expect(JSON.stringify(checked)).not.toContain('sk-can');
  const echo = async (): Promise<Answer> => ({ status: 'success', output: 'sk-canary-77' });
  const contract: Contract = { source: 'user', examples: [{ input: 1, output: 2, match: 'exact' }] };
  expect((await checkContract({ contract, call: echo, secrets })).evidence).toContain('got "[redacted]"');
});

test('evidence and notes say what a call misses and what to do', async () => {
  const findMissing = async (text: string) => (text.includes('no') ? ['run “git lfs pull”'] : []);
  const given = { contract: { source: 'user', examples } satisfies Contract, call, findMissing };
  expect((await checkContract(given)).evidence).toMatch(/ValueError: no\n.*\n.*app\.py\n {2}run “git lfs pull”$/);
  const { report } = await checkContract({ ...given, contract: documentation, isUserCode: true });
  expect(report.stale?.at(-1)?.problem).toMatch(/ValueError: no; run “git lfs pull”$/);
});

test('an aborted check has no result about the software', async () => {
  const controller = new AbortController();
  const cut = async (): Promise<Answer> => {
    controller.abort();
    return await failing('the caller left', 'CALL_LOST')();
  };
  const { signal } = controller;
  await expect(checkContract({ contract: probe, call: cut, isUserCode: true, signal })).rejects.toThrow('aborted');
});

test('only a person’s evidence shows the expected output of a held-back example', async () => {
  const checked = await checkContract({ contract: { source: 'user', examples }, call });
  expect(checked.evidence?.split('\n').slice(0, 2)).toEqual([
    'example 2, input 2',
    '  wrong answer (the expected output is hidden from agents): got 1',
  ]);
  expect(checked.evidence).not.toContain('expected 2');
  expect(checked.fullEvidence).toContain('expected 2, got 1');
  expect(contractFailedError(checked)).toMatchObject({
    code: 'CONTRACT_FAILED',
    message: expect.not.stringContaining('expected 2'),
    details: { evidence: checked.evidence, fullEvidence: checked.fullEvidence },
  });
});

test.each([
  [1, 0],
  [2, 1],
  [3, 1],
  [5, 2],
  [9, 3],
])('of %i examples of the user’s, %i are held back, never the first', (count, hidden) => {
  const all: Example[] = Array.from({ length: count }, (_, input) => ({ input, match: 'subset' }));
  const { shown, heldBack } = splitContract({ source: 'user', examples: all });
  expect(heldBack.examples).toHaveLength(hidden);
  expect(shown.examples[0]).toEqual(all[0]);
  expect([...shown.examples, ...heldBack.examples].map(({ input }) => input).sort()).toEqual([...all.keys()]);
});

test('documented calls are never held back', () => {
  expect(splitContract({ source: 'repository', examples }).heldBack.examples).toEqual([]);
});
