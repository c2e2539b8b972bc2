import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { assertUntouched, judgeChange, takeFingerprint } from '../../src/adaptation/judging/index.js';
import type { Example } from '../../src/contract/example.js';
import { commitWorkspace } from '../../src/workspaces/index.js';
import { temporaryDirectory, writeTree } from '../support/temporary.js';
import { copyFiles } from './workspace.js';

const lines = (count: number) => Array.from({ length: count }, (_, index) => `line_${index} = ${index}\n`).join('');
const repository = {
  'app.py': 'import helper\ndef predict(text):\n    return helper.answer(text)\n',
  'helper.py': `${lines(30)}GREETING = "good morning to you"\n`,
  'tests/test_app.py': 'def test_app():\n    assert True\n',
  'examples.json': '[{"input": 1}]\n',
  'requirements.txt': 'six\nattrs\n',
  'README.md': '# App\n',
};

const example: Example = {
  input: { text: 'I really liked “this” film' },
  output: { label: 'positive', score: 0.98712345 },
  match: 'subset',
};

/** Edits the workspace, and answers with the evidence of a refusal; null when the change passes. */
async function judge(edit: (workspace: string) => void, examples: Example[] = [example]) {
  const { workspace } = await copyFiles(repository);
  edit(workspace);
  const evidence = await judgeChange(workspace, { source: 'user', examples }).then(
    () => null,
    (error) => {
      expect(error).toMatchObject({
        code: 'ADAPTATION_FAILED',
        message: expect.stringMatching(/^the change is refused/),
      });
      return error.details.evidence as string;
    },
  );
  return { evidence, workspace };
}
const add = (path: string, content: string) => (workspace: string) => void writeTree(workspace, { [path]: content });
type Edit = (workspace: string) => void;
const both =
  (...edits: Edit[]): Edit =>
  (workspace) => {
    for (const edit of edits) edit(workspace);
  };
const remove = (path: string) => (workspace: string) => rmSync(join(workspace, path), { recursive: true });

test.each([
  ['nothing', () => {}],
  ['a new file', add('entry.py', 'from app import predict\n')],
  ['a changed line', add('app.py', 'import helper\ndef predict(text, n=1):\n    return helper.answer(text)\n')],
  ['a new test, with an example in it', add('tests/test_new.py', 'x = "I really liked “this” film"\n')],
  ['an explained example', add('README.md', '# App\n\nTry: I really liked “this” film\n')],
  ['a line instead of another', add('requirements.txt', 'six\nattrs>=20\n')],
  ['a label of one word', add('entry.py', 'labels = ["negative", "positive"]\n')],
])('passes: %s', async (_, edit) => {
  expect((await judge(edit)).evidence).toBeNull();
});

test.each([
  ['only deletes', add('requirements.txt', 'six\n'), 'only deleted: requirements.txt'],
  ['deletes code', both(add('new.py', 'x = 1\n'), remove('helper.py')), 'helper.py: the user’s code was'],
  ['replaces code', add('helper.py', 'def answer(text): return {}\n'), 'helper.py: 31 of its 31 lines'],
  ['empties code', add('helper.py', ''), 'helper.py: 31 of its 31 lines'],
  ['deletes tests', both(add('new.py', 'x = 1\n'), remove('tests')), 'tests/test_app.py: a test was'],
  ['weakens tests', add('tests/test_app.py', 'def test_app():\n    pass\n'), 'tests/test_app.py: lines of a test'],
  ['touches examples', add('examples.json', '[]\n'), 'examples.json: a file of examples'],
  ['hard-codes an input', add('entry.py', 'if text == "I really liked “this” film": x()\n'), 'input of example 1'],
  ['as JSON', add('data.json', '{"a": "I really liked \\u201cthis\\u201d film"}\n'), 'input of example 1'],
  ['hard-codes an output', add('entry.py', 'score = 0.98712345\n'), 'entry.py: an added line holds the output'],
])('refuses what %s', async (_, edit, evidence) => {
  expect((await judge(edit)).evidence).toContain(evidence);
});

test('plain words count where both sides of an example were added', async () => {
  const examples: Example[] = [{ input: 'strawberry', output: 'yrrebwarts', match: 'exact' }];
  expect((await judge(add('a.py', 'x = {"strawberry": "yrrebwarts"}\n'), examples)).evidence).toContain('example 1');
  expect((await judge(add('a.py', 'x = "strawberry"\n'), examples)).evidence).toBeNull();
});

test('what the source says already is no hard-coding, nor is a schema', async () => {
  const said: Example[] = [{ input: 1, output: 'good morning to you', match: 'subset' }];
  expect((await judge(add('entry.py', 'x = "good morning to you"\n'), said)).evidence).toBeNull();
  const schema: Example[] = [{ input: 1, output: { type: 'object', title: 'a long title' }, match: 'schema' }];
  expect((await judge(add('entry.py', 'x = "a long title"\n'), schema)).evidence).toBeNull();
});

test('what was taken away is put back, and what was added stays', async () => {
  const { evidence, workspace } = await judge((directory) => {
    add('new.py', 'x = 1\n')(directory);
    remove('helper.py')(directory);
    remove('tests')(directory);
    mkdirSync(join(directory, 'helper.py'));
  });
  expect(evidence).toContain('Berth has put back as they were: helper.py, tests/test_app.py');
  expect(readFileSync(join(workspace, 'helper.py'), 'utf8')).toBe(repository['helper.py']);
  expect(existsSync(join(workspace, 'tests/test_app.py'))).toBe(true);
  expect(existsSync(join(workspace, 'new.py'))).toBe(true);
  await expect(judgeChange(workspace, { source: 'weak', examples: [] })).resolves.toBeUndefined();
});

test('what programs leave behind is not committed', async () => {
  const { workspace } = await copyFiles(repository);
  writeTree(workspace, {
    'node_modules/x/index.js': '',
    '.venv/pyvenv.cfg': '',
    '.venv/lib/six.py': '',
    '__pycache__/app.cpython-311.pyc': '',
    'entry.py': '',
  });
  expect((await commitWorkspace(workspace, 'Adapt')).filesChanged).toEqual(['entry.py']);
});

test('a guarded directory shows each file that was changed, added, removed or re-timed', async () => {
  const root = writeTree(temporaryDirectory(), { 'a/one.py': '1', 'a/two.py': '2', 'a/three.py': '3', 'b/own.py': '' });
  const look = () => takeFingerprint([root], [join(root, 'b')]);
  const before = await look();
  writeFileSync(join(root, 'b/own.py'), 'allowed');
  expect(() => assertUntouched(before, before)).not.toThrow();
  assertUntouched(before, await look());
  writeFileSync(join(root, 'a/one.py'), '11');
  rmSync(join(root, 'a/two.py'));
  utimesSync(join(root, 'a/three.py'), 1, 1);
  mkdirSync(join(root, 'a/new'));
  const after = await look();
  const touched = ['a/new', 'a/one.py', 'a/three.py', 'a/two.py'].map((path) => join(root, path));
  expect(() => assertUntouched(before, after)).toThrow(`${touched[0]}, and 3 more`);
});
