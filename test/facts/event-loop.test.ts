/** @needs git python3 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { gatherFacts } from '../../src/facts/index.js';
import { copySource, digestTree, listSourceFiles } from '../../src/workspaces/index.js';
import { measureLoopDelay } from '../support/loop-delay.js';
import { temporaryDirectory, temporaryHome, temporarySolution } from '../support/temporary-directories.js';

const home = temporaryHome();

/** Maximum delay of the event loop in milliseconds. */
const most = 100;

/** Directories of 500 files each. */
function makeTree(files: number, content: (index: number) => string): string {
  const root = temporaryDirectory();
  for (let index = 0; index < files; index++) {
    const directory = join(root, `d${Math.floor(index / 500)}`);
    if (index % 500 === 0) mkdirSync(directory);
    writeFileSync(join(directory, `m${index}.py`), content(index));
  }
  writeFileSync(join(root, '.gitignore'), '*.log\nbuild/\n/data/*.csv\n');
  return root;
}

test('listing, digesting and copying thousands of files keeps the event loop free', async () => {
  const source = makeTree(6000, (index) => `x = ${index}\n`);
  const listed = await measureLoopDelay(() => listSourceFiles(source));
  expect(listed.result).toHaveLength(6001);
  expect(listed.delay).toBeLessThan(most);
  expect((await measureLoopDelay(() => digestTree(source))).delay).toBeLessThan(most);
  const copy = () => copySource({ source, workspace: join(temporaryDirectory(), 'workspace') });
  expect((await measureLoopDelay(copy)).delay).toBeLessThan(most);
}, 300_000);

test('large files are hashed without blocking the event loop', async () => {
  const source = temporaryDirectory();
  for (let index = 0; index < 8; index++) writeFileSync(join(source, `w${index}.bin`), Buffer.alloc(15_000_000, index));
  expect((await measureLoopDelay(() => digestTree(source))).delay).toBeLessThan(most);
}, 120_000);

test('fifty thousand functions are read while the event loop is free', async () => {
  const source = makeTree(2500, (index) =>
    Array.from(
      { length: 20 },
      (_, f) => `def f${f}_${index}(a: str, b: int = 1, *, c=None):\n    """Does it."""\n`,
    ).join(''),
  );
  const { delay, result } = await measureLoopDelay(() => gatherFacts(source, { home }));
  expect(result.entryPoints).toHaveLength(2000);
  expect(delay).toBeLessThan(most);
}, 300_000);

test('manifests of the largest size are read while the event loop is free', async () => {
  const lines = (size: number, line: (index: number) => string) => {
    let text = '';
    for (let index = 0; text.length < size; index++) text += line(index);
    return text;
  };
  const source = temporarySolution({
    'app.py': 'def predict(x): return x\n',
    'requirements.txt': lines(900_000, (index) => `package-${index}[x,y]>=1.${index},<3; python_version > "3.8"\n`),
    'requirements-long.txt': `a ${'b '.repeat(450_000)}`,
    'requirements/blank.txt': '\n'.repeat(300_000),
    'environment.yml': `dependencies:\n${lines(900_000, (index) => `  - package-${index}=1.${index}=py311\n`)}`,
    'cog.yaml': '\n'.repeat(900_000),
    'pyproject.toml': lines(900_000, (index) => `[a.b${index}]\nx = ["y", ${index}]\n`),
    Pipfile: lines(900_000, (index) => `[packages.p${index}]\nversion = "*"\n`),
    'langgraph.json': `{"graphs": {${lines(900_000, (index) => `"g${index}": "./a.py:g",`)}"last": "./a.py:g"}}`,
    Dockerfile: lines(900_000, (index) => `EXPOSE ${index}\n`),
    'large.txt': 'x',
  });
  writeFileSync(join(source, 'Procfile'), Buffer.alloc(8_000_000, 'x'));
  writeFileSync(join(source, 'requirements-huge.txt'), Buffer.alloc(8_000_000, '\n'));
  const { delay, result } = await measureLoopDelay(() => gatherFacts(source, { home }));
  expect(result.entryPoints).toHaveLength(1);
  expect(delay).toBeLessThan(most);
}, 300_000);
