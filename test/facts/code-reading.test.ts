/** @needs python3 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { gatherFacts } from '../../src/facts/index.js';
import { temporaryDirectory, temporaryHome, temporarySolution } from '../support/temporary-directories.js';

const home = temporaryHome();
const reader = join(import.meta.dirname, '..', '..', 'hosts', 'python', 'berth_facts');

/** Runs the reader's functions with some of them replaced. */
const runPython = (program: string): unknown =>
  JSON.parse(
    execFileSync('python3', ['-I', '-c', `import sys\nsys.path.insert(0, ${JSON.stringify(reader)})\n${program}`], {
      encoding: 'utf8',
    }),
  );

test('a file that crashes or hangs the parser does not affect other files', () => {
  const problems = runPython(`
import json, signal, threading, time
import parallel_reader
from source_file import SourceFile

def read(root, path, kind):
    if path.startswith("crash"): signal.pthread_kill(threading.get_ident(), signal.SIGSEGV)
    if path.startswith("slow"): time.sleep(60)
    source = SourceFile(path)
    source.models = [path]
    return source

parallel_reader.read_source, parallel_reader.SECONDS_PER_FILE = read, 0.5
names = ["%s%d.py" % (name, index) for index in range(30) for name in ("good", "crash", "fine")] + ["slow1.py", "slow2.py", "last.py"]
found = parallel_reader.read_sources("/", [(name, "python") for name in names], 60)
print(json.dumps([[source.path for source in found] == names, sorted({source.problem for source in found if source.problem}),
  sum(len(source.models) for source in found)]))
`);
  expect(problems).toEqual([
    true,
    ["Python's parser crashed on it: its expressions are nested too deeply", 'it took longer than 0 s'],
    61,
  ]);
});

test('when time runs out, the files nearest to the root have been read', () => {
  const result = runPython(`
import json, time
import parallel_reader
from source_file import SourceFile

def read(root, path, kind):
    time.sleep(0.05)
    return SourceFile(path)

parallel_reader.read_source = read
names = ["deep/%d/x.py" % index for index in range(400)] + ["app.py"]
began = time.monotonic()
found = parallel_reader.read_sources("/", [(name, "python") for name in names], 1)
print(json.dumps([found[-1].problem, {source.problem for source in found} == {None, "late"}, time.monotonic() - began < 5]))
`);
  expect(result).toEqual([null, true, true]);
});

test('a file that breaks Python is a note, and the other files are read', async () => {
  const files = {
    'app.py': 'def predict(x): return x\n',
    'huge.py': `x = [${'1,'.repeat(600_000)}]\n`,
    'deep.py': `x = ${'-'.repeat(90_000)}1\n`,
    'chain.py': `x = a${'.b'.repeat(90_000)}\n`,
    'sum.py': `x = 1${' + 1'.repeat(90_000)}\n`,
    'many.py': Array.from({ length: 3000 }, (_, index) => `def f${index}(a, b=[1, {"c": 2}]): return a\n`).join(''),
  };
  const root = temporarySolution(files);
  writeFileSync(join(root, 'nul.py'), 'x = 1\0\n');
  writeFileSync(join(root, 'latin.py'), Buffer.from([0x78, 0x20, 0x3d, 0x20, 0x27, 0xe9, 0x27, 0x0a]));
  const facts = await gatherFacts(root, { home });
  expect(facts.entryPoints.some(({ callable }) => callable === 'predict')).toBe(true);
  expect(facts.syntaxErrors.map(({ file }) => file)).toEqual(['latin.py', 'nul.py']);
  expect(facts.notes).toEqual(
    expect.arrayContaining([
      'huge.py was not read: it is larger than 1 MB.',
      expect.stringMatching(/^deep\.py was not read: .*nested too deeply\.$/),
      'The first 2000 of 3001 callables were kept.',
    ]),
  );
}, 60_000);

test('twenty thousand files finish in time, with partial facts', async () => {
  const root = temporaryDirectory();
  const program = `
import os, sys
for directory in range(40):
    os.mkdir("%s/d%d" % (sys.argv[1], directory))
    for index in range(500):
        with open("%s/d%d/m%d.py" % (sys.argv[1], directory, index), "w") as file: file.write("import app\\ndef f(x): pass\\n")
`;
  spawnSync('python3', ['-c', program, root]);
  mkdirSync(join(root, 'app'));
  writeFileSync(join(root, 'predict.py'), 'def predict(x): return x\n');
  const began = performance.now();
  const facts = await gatherFacts(root, { home, seconds: 3 });
  expect(facts.size.files).toBe(20_001);
  expect(facts.entryPoints[0]).toBeDefined();
  expect(facts.entryPoints.some(({ callable }) => callable === 'predict')).toBe(true);
  expect(performance.now() - began).toBeLessThan(60_000);
}, 240_000);

test('facts are bounded in bytes, and files nearest to the root have priority', async () => {
  const documented = (name: string) =>
    `def ${name}(${Array.from({ length: 40 }, (_, index) => `parameter_${index}: "${'x'.repeat(100)}" = None`)}):\n    """${'y'.repeat(900)}"""\n`;
  const deep = Array.from({ length: 1500 }, (_, index) => documented(`f${index}`)).join('');
  const facts = await gatherFacts(
    temporarySolution({ 'a/b/c.py': deep.slice(0, 990_000), 'z.py': documented('predict') }),
    { home },
  );
  expect(JSON.stringify(facts).length).toBeLessThan(3_000_000);
  expect(facts.entryPoints.some(({ callable }) => callable === 'predict')).toBe(true);
}, 60_000);
