/** @needs python3 git */
import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { explainMissing } from '../../src/adaptation/index.js';
import { BerthError } from '../../src/errors.js';
import { gatherFacts } from '../../src/facts/index.js';
import { copySource, exportRevision } from '../../src/workspaces/index.js';
import { LocalRunner } from '../../strategies/local/runner.js';
import { createLocalPlan } from '../strategies/local-plan.js';
import { temporaryDirectory, temporarySolution } from '../support/temporary-directories.js';

const runners: LocalRunner[] = [];
afterAll(async () => {
  for (const runner of runners) await runner.undo();
});

interface BrokenRepository {
  files: Record<string, string>;
  env?: Record<string, string>;
  /** Modifies the source before it is copied. */
  prepare?: (source: string) => Promise<void>;
}

/** Returns the message for a copy of a repository that does not start. */
async function explain({ files, env = {}, prepare }: BrokenRepository): Promise<{ message: string; source: string }> {
  const source = temporarySolution(files);
  await prepare?.(source);
  const directory = temporaryDirectory('berth-missing-');
  const workspace = join(directory, 'workspace');
  const { commit } = await copySource({ source, workspace });
  const plan = createLocalPlan(directory, {}, { directory: join(directory, 'exported') });
  await exportRevision({ workspace, commit, directory: plan.directory });
  const runner = new LocalRunner(plan);
  runners.push(runner);
  const error = await runner.start({ env }).then(
    () => new BerthError('INTERNAL', 'it started'),
    (thrown: unknown) => BerthError.from(thrown),
  );
  const facts = await gatherFacts(plan.directory);
  const context = { source, code: plan.directory, facts, variables: Object.keys(env) };
  return { message: (await explainMissing(error, async () => context)).message, source };
}

const predict = 'def predict(text):\n    return text\n';
const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n';

test.each([
  ['*.bin\n', 'model.bin', 'add “!/model.bin” to .berthignore'],
  ['weights/\n', 'weights/model.bin', 'add “!/weights/” and “!/weights/**” to .berthignore'],
])('an ignored file (%j) is named, with the rule that includes it', async (ignored, file, advice) => {
  const files = { '.gitignore': ignored, [file]: 'x', 'app.py': `open("${file}")\n${predict}` };
  const { message } = await explain({ files });
  expect(message).toContain('FileNotFoundError');
  expect(message).toContain(`${file} is in the repository, but its ignore files exclude it: ${advice}`);
  const rules = [...(/add (.*) to \.berthignore/.exec(message)?.[1] ?? '').matchAll(/“(.*?)”/g)].map(
    ([, rule]) => rule,
  );
  const brought = { ...files, '.berthignore': `${rules.join('\n')}\n` };
  expect((await explain({ files: brought })).message).toBe('it started');
});

test('an ignored module is named', async () => {
  const files = { '.gitignore': 'generated.py\n', 'generated.py': 'x = 1\n', 'app.py': `import generated\n${predict}` };
  const { message } = await explain({ files });
  expect(message).toContain('generated.py is in the repository, but its ignore files exclude it');
});

test('a Git LFS pointer is named, even if the error does not name the file', async () => {
  const load = 'import pickle\nwith open("model.pkl", "rb") as file:\n    pickle.load(file)\n';
  const { message, source } = await explain({ files: { 'model.pkl': pointer, 'app.py': load } });
  expect(message).toContain(`model.pkl is only a Git LFS pointer: run “git lfs pull” in ${source}, then deploy again`);
  const quiet = 'import json\nfrom pathlib import Path\njson.loads(Path("data").joinpath("w" + ".json").read_text())\n';
  const other = await explain({ files: { 'data/w.json': pointer, 'app.py': quiet } });
  expect(other.message).toContain('data/w.json is only a Git LFS pointer');
  const unrelated = await explain({ files: { 'data/w.json': pointer, 'app.py': '1 / 0\n' } });
  expect(unrelated.message).not.toContain('LFS');
});

test.each([
  ['pyproject.toml', '[project\n', 'pyproject.toml:1: Invalid TOML document'],
  ['environment.yml', '- six\n', 'environment.yml:1: contains no mapping of keys'],
  ['environment.yml', 'dependencies: [six\n', 'environment.yml:'],
])('an unreadable manifest (%s) is named when a module is missing', async (file, text, problem) => {
  const { message } = await explain({ files: { [file]: text, 'app.py': `import sixty\n${predict}` } });
  expect(message).toContain(`the requirements of ${file} were not read: ${problem}`);
  expect(message).toContain(': fix that, or add sixty to requirements.txt');
});

test('an empty submodule is named', async () => {
  const files = {
    '.gitmodules': '[submodule "engine"]\n\tpath = third_party/engine\n\turl = https://example.com/engine.git\n',
    'app.py': `import sys\nsys.path.append("third_party/engine")\nimport engine_core\n${predict}`,
  };
  const prepare = async (source: string) => void mkdirSync(join(source, 'third_party/engine'), { recursive: true });
  const { message, source } = await explain({ files, prepare });
  expect(message).toContain('the submodule third_party/engine is empty: run “git submodule update --init”');
  expect(message).toContain(source);
  const top = { ...files, '.gitmodules': '[submodule "e"]\n\tpath = engine\n\turl = https://example.com/e.git\n' };
  const asModule = { files: { ...top, 'app.py': `from engine.core import run\n${predict}` } };
  const other = await explain({ ...asModule, prepare: async (root) => void mkdirSync(join(root, 'engine')) });
  expect(other.message).toContain('the submodule engine is empty');
  expect(other.message).not.toContain('ignore files');
});

test('a deployed directory that is imported as a package is named', async () => {
  const source = join(temporarySolution({ 'service/app.py': '' }), 'service');
  const error = new BerthError('IMPORT_FAILED', `No module named '${basename(source)}'`, {
    evidence: `Traceback\n  File "app.py", line 1, in <module>\n`,
  });
  const facts = await gatherFacts(source);
  const { message } = await explainMissing(error, async () => ({ source, code: source, facts, variables: [] }));
  const advice = `deploy ${dirname(source)} with --entry ${basename(source)}/app.py:CALLABLE`;
  expect(message).toContain(advice);
  expect(message).not.toContain('requirements');
});

test('a file that is next to the code instead of in the root is named', async () => {
  const source = temporarySolution({ 'service/app.py': '', 'service/data/w.txt': '' });
  const error = new BerthError('IMPORT_FAILED', "FileNotFoundError: No such file or directory: 'data/w.txt'", {
    evidence: `Traceback\n  File "service/app.py", line 1, in <module>\n`,
  });
  const facts = await gatherFacts(source);
  const { message } = await explainMissing(error, async () => ({ source, code: source, facts, variables: [] }));
  expect(message).toContain(
    `data/w.txt is in service, but code runs in the root of the deployed directory: deploy ${source}/service`,
  );
});

test('variables of a .env file are set with --env-file', async () => {
  const app = `import os\nTOKEN = os.environ["API_TOKEN"]\n${predict}`;
  const { message, source } = await explain({ files: { '.env': 'API_TOKEN=secret\nOTHER=1\n', 'app.py': app } });
  expect(message).toContain(
    `API_TOKEN is in .env, which is never copied: deploy with --env-file ${join(source, '.env')}`,
  );
  expect(message).not.toContain('secret');
  const example = await explain({ files: { '.env.example': 'API_TOKEN=\n', 'app.py': app } });
  expect(example.message).toContain('.env.example lists API_TOKEN, which is not set: use --env API_TOKEN=VALUE');
  const unknown = await explain({ files: { 'app.py': app } });
  expect(unknown.message).toContain('the variable API_TOKEN is not set: set it with --env API_TOKEN=VALUE');
  const inWords = 'raise ValueError("set the api_token environment variable")\n';
  const words = await explain({ files: { '.env': 'API_TOKEN=secret\n', 'app.py': inWords } });
  expect(words.message).toContain('API_TOKEN is in .env');
  const given = await explain({ files: { '.env': 'API_TOKEN=secret\n', 'app.py': inWords }, env: { API_TOKEN: 'x' } });
  expect(given.message).not.toContain('.env');
});

const modules: [string, Record<string, string>, RegExp][] = [
  ['cv2', {}, /no manifest requires it: add opencv-python-headless to requirements\.txt$/],
  ['google.generativeai', {}, /add google-generativeai to requirements\.txt$/],
  ['some_library.core', { 'requirements.txt': 'idna\n' }, /add some-library to requirements\.txt$/],
  ['pkg_resources_x', { 'pyproject.toml': '[project]\nname = "a"\nversion = "1"\n' }, /to pyproject\.toml$/],
  [
    'obscure_thing',
    { 'conda-gpu.yml': 'dependencies:\n  - conda-forge::obscure-thing=1.2\n' },
    /conda-gpu\.yml lists it, but packages listed only for conda are not installed: add obscure-thing to requirements\.txt$/,
  ],
  [
    'cv2, tools_here, faiss',
    { 'lib/tools_here.py': '' },
    /'cv2'; also missing: 'faiss'; no manifest requires cv2 and faiss: add opencv-python-headless and faiss-cpu to requirements\.txt$/,
  ],
  ['tools_here', { 'lib/tools_here.py': '' }, /the repository has it in lib: deploy with --env PYTHONPATH=lib$/],
];

test.each(modules)('a module that no manifest requires: %s', async (name, files, message) => {
  expect((await explain({ files: { 'app.py': `import ${name}\n${predict}`, ...files } })).message).toMatch(message);
});

test.each([
  ['pkg_resources', /add setuptools<81 to/],
  ['pip', /add pip to/],
  ['distutils', /Python 3\.12 removed distutils: add setuptools to the requirements, or use an older Python/],
  ['imp', /Python 3\.12 removed imp: use an older Python/],
])('a module that Python removed: %s', async (name, message) => {
  const code = temporarySolution({ 'app.py': '' });
  const error = new BerthError('IMPORT_FAILED', `ModuleNotFoundError: No module named '${name}'`);
  const facts = await gatherFacts(code);
  const explained = await explainMissing(error, async () => ({ source: code, code, facts, variables: [] }));
  expect(explained.message).toMatch(message);
});

test('a missing system library is named', async () => {
  const code = temporarySolution({ 'app.py': '' });
  const facts = await gatherFacts(code);
  const explainText = async (text: string) =>
    (
      await explainMissing(new BerthError('IMPORT_FAILED', text), async () => ({
        source: code,
        code,
        facts,
        variables: [],
      }))
    ).message;
  const opencv = 'ImportError: libGL.so.1: cannot open shared object file: No such file or directory\nimport cv2';
  expect(await explainText(opencv)).toContain('require opencv-python-headless instead');
  const cuda = 'ImportError: libcudnn.so.9: cannot open shared object file: No such file or directory';
  expect(await explainText(cuda)).toContain('the system lacks the library libcudnn.so.9, a part of CUDA');
});

test('other errors are unchanged, and so are errors of a source that is gone', async () => {
  const code = temporarySolution({ 'app.py': '' });
  const facts = await gatherFacts(code);
  const error = new BerthError('START_FAILED', 'ValueError: no', { evidence: 'open("nothing.bin")' });
  const gone = { source: '/nowhere', code, facts, variables: [] };
  expect(await explainMissing(error, async () => gone)).toBe(error);
  const unreadable = () => Promise.reject(new BerthError('SOURCE_UNSAFE', 'a link'));
  expect(await explainMissing(error, unreadable)).toBe(error);
  const usage = new BerthError('ENTRY_NOT_FOUND', "No module named 'cv2'");
  expect(await explainMissing(usage, async () => gone)).toBe(usage);
});
