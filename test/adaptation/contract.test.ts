import { expect, test } from '@jest/globals';
import {
  checkContract,
  contractFailed,
  determineContract,
  matchOutput,
  splitContract,
} from '../../src/adaptation/index.js';
import type { Answer } from '../../src/contract/answer.js';
import type { Example } from '../../src/contract/example.js';
import type { DocumentedCall, EntryPoint, Parameter } from '../../src/contract/facts.js';
import { someFacts } from '../environments/facts.js';

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
    "output: expected what the schema says (must have required property 'y'), got {}",
  ],
])('%s: %j and %j', async (match, output, got, difference) => {
  expect(await differs(match, output, got)).toBe(difference);
});

test('without an output, any answer will do', async () => {
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
      { input: { x: 2 }, output: 4, match: 'subset' },
      { input: { x: 5 }, match: 'subset' },
    ],
  });
});

test('for a callable that takes one dict, the argument is the input', () => {
  const calls = [documented({ positional: [{ text: 'a' }] })];
  expect(determine([parameter('inputs')], calls, 'inputs').examples).toEqual([
    { input: { text: 'a' }, match: 'subset' },
  ]);
});

test.each([
  ['no parameters', [], 1],
  ['defaults', [parameter('x', '3')], 1],
  ['a required parameter', [parameter('x')], 0],
  ['a default of None', [parameter('x', 'None')], 0],
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

test('every failed example is in the evidence, with what the call said', async () => {
  const checked = await checkContract({ contract: { source: 'user', examples }, call, heldBack: [] });
  expect(checked.fullEvidence).toBeNull();
  expect(checked.report).toEqual({ source: 'user', examples: 3, passed: 1 });
  expect(checked.evidence).toBe(
    'example 2, input 2\n  output: expected 2, got 1\nexample 3, input 3\n  expected an answer, got the error CALL_FAILED: ValueError: no\n  Traceback\n    app.py',
  );
});

test('what a held-back example expects is in a person’s evidence alone', async () => {
  const checked = await checkContract({ contract: { source: 'user', examples }, call });
  expect(checked.evidence?.split('\n').slice(0, 2)).toEqual([
    'example 2, input 2',
    '  not what this example, which agents are not shown, expects: got 1',
  ]);
  expect(checked.evidence).not.toContain('expected 2');
  expect(checked.fullEvidence).toContain('expected 2, got 1');
  expect(contractFailed(checked)).toMatchObject({
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

test('what the repository documents is no secret', () => {
  expect(splitContract({ source: 'repository', examples }).heldBack.examples).toEqual([]);
});
