/** @needs python3 */
import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Facts } from '../../src/contract/facts.js';
import { gatherFacts } from '../../src/facts/index.js';
import { StrategyRegistry } from '../../src/registry/index.js';
import { scoreStrategy } from '../../src/selection/score-strategy.js';
import { temporaryHome, temporarySolution } from '../support/temporary-directories.js';

const home = temporaryHome();
const readFacts = (files: Record<string, string>): Promise<Facts> => gatherFacts(temporarySolution(files), { home });
const written = ({ dependencies }: Facts): string[] =>
  dependencies.map(({ name, specifier }) => `${name} ${specifier}`.trim());

test('requirement files are read with options, includes, hashes and markers', async () => {
  const facts = await readFacts({
    'requirements.txt': [
      '# comment',
      '--index-url https://example.org/simple',
      '-r more/base.txt',
      '-e .',
      'Foo_Bar[x]>=1,<2 ; python_version < "3.9"  # why',
      'numpy==1.26.4 \\',
      '    --hash=sha256:abc',
      'pkg @ https://example.org/pkg.whl',
      './vendored',
    ].join('\n'),
    'requirements-dev.txt': 'pytest\n',
    'more/base.txt': '-r ../requirements.txt\nrequests\n',
  });
  expect(written(facts)).toEqual([
    'foo-bar [x]>=1,<2 ; python_version < "3.9"',
    'numpy ==1.26.4',
    'pkg @ https://example.org/pkg.whl',
    'requests',
  ]);
  expect(facts.manifests).toEqual([
    { file: 'requirements-dev.txt', kind: 'requirements-dev' },
    { file: 'requirements.txt', kind: 'requirements' },
  ]);
});

test('pyproject.toml is read, PEP 621 and Poetry', async () => {
  const pep = await readFacts({
    'pyproject.toml': '[project]\nname = "x"\nrequires-python = ">=3.9"\ndependencies = ["Torch>=2", "numpy"]\n',
  });
  expect(written(pep)).toEqual(['torch >=2', 'numpy']);
  expect(pep.python).toEqual({ specifier: '>=3.9', from: 'pyproject.toml' });
  const poetry = await readFacts({
    'pyproject.toml':
      '[tool.poetry.dependencies]\npython = "^3.10"\nrequests = "*"\ntorch = { version = "^2.1", extras = ["x"] }\nmaybe = { version = "1", optional = true }\n',
  });
  expect(written(poetry)).toEqual(['requests', 'torch ^2.1']);
  expect(poetry.python?.specifier).toBe('^3.10');
});

test('Pipfile, conda and setup.cfg are read', async () => {
  const pipfile = await readFacts({
    Pipfile: '[packages]\nflask = "*"\ntorch = ">=2"\n[requires]\npython_version = "3.11"\n',
  });
  expect(written(pipfile)).toEqual(['flask', 'torch >=2']);
  expect(pipfile.python).toEqual({ specifier: '3.11', from: 'Pipfile' });
  const conda = await readFacts({
    'environment.yml': 'dependencies:\n  - python=3.10\n  - conda-forge::numpy>=1.2\n  - pip:\n      - openai>=1\n',
  });
  expect(written(conda)).toEqual(['numpy >=1.2', 'openai >=1']);
  expect(conda.python?.specifier).toBe('3.10');
  const setup = await readFacts({
    'setup.cfg': '[options]\npython_requires = >=3.8\ninstall_requires =\n    requests>=2\n    # comment\n    numpy\n',
  });
  expect(written(setup)).toEqual(['requests >=2', 'numpy']);
  expect(setup.python).toEqual({ specifier: '>=3.8', from: 'setup.cfg' });
});

test('setup.py is read as far as its arguments are literals', async () => {
  const facts = await readFacts({
    'setup.py':
      'from setuptools import setup\nneeded = ["numpy>=1"]\nsetup(name="x", install_requires=needed, python_requires=">=3.7", packages=find())\n',
  });
  expect(written(facts)).toEqual(['numpy >=1']);
  expect(facts.python).toEqual({ specifier: '>=3.7', from: 'setup.py' });
});

test('cog.yaml is stored completely, with its Python version as written', async () => {
  const facts = await readFacts({
    'cog.yaml':
      'build:\n  gpu: true\n  python_version: 3.10\n  python_packages:\n    - torch==2.1\npredict: "predict.py:Predictor"\n',
    '.python-version': '3.12\n',
  });
  expect(facts.cog).toMatchObject({ predict: 'predict.py:Predictor' });
  expect(facts.python).toEqual({ specifier: '3.10', from: 'cog.yaml' });
  expect(written(facts)).toEqual(['torch ==2.1']);
  expect(facts.gpu).toEqual(['cog.yaml: gpu: true']);
  expect(facts.tags).toEqual(expect.arrayContaining(['framework:cog', 'manifest:cog', 'gpu', 'dependency:torch']));
});

test('Python versions are read from .python-version and runtime.txt', async () => {
  expect((await readFacts({ 'runtime.txt': 'python-3.11.4\n' })).python).toEqual({
    specifier: '3.11.4',
    from: 'runtime.txt',
  });
  expect((await readFacts({ '.python-version': '# x\n3.12\n' })).python?.specifier).toBe('3.12');
});

test('langgraph.json names its graphs', async () => {
  const facts = await readFacts({ 'langgraph.json': '{"dependencies":["."],"graphs":{"agent":"./agent.py:graph"}}' });
  expect(facts.frameworks).toEqual([
    { name: 'langgraph', evidence: 'langgraph.json: graphs agent (./agent.py:graph)' },
  ]);
});

test('a manifest that does not parse is a note with its line, and the others are read', async () => {
  const noteOf = async (files: Record<string, string>) => {
    const { notes, manifests } = await readFacts(files);
    expect(manifests[0]?.problem).toBe(notes[0]?.slice(0, -1));
    return notes;
  };
  const line = expect.stringMatching;
  expect(await noteOf({ 'pyproject.toml': '[project]\nname = \n' })).toEqual([line(/^pyproject\.toml:2: /)]);
  expect(await noteOf({ 'cog.yaml': 'build:\n  gpu: [true\npredict: x\n' })).toEqual([line(/^cog\.yaml:\d: /)]);
  expect(await noteOf({ 'cog.yaml': '- a list\n' })).toEqual([line(/^cog\.yaml:1: /)]);
  expect(await noteOf({ 'bentofile.yaml': 'service: "a:B"\npython: [\n' })).toEqual([line(/^bentofile\.yaml:\d: /)]);
  expect(await noteOf({ 'langgraph.json': '{\n"graphs": {' })).toEqual([line(/^langgraph\.json:\d: /)]);
  expect(await noteOf({ 'langgraph.json': '{"graphs": {}, }' })).toEqual([
    line(/^langgraph\.json: is not valid JSON: /),
  ]);
  const facts = await readFacts({ 'pyproject.toml': '[project\n', 'requirements.txt': 'numpy\n' });
  expect(written(facts)).toEqual(['numpy']);
});

test('a matching signal reports that its manifest is broken', async () => {
  const registry = await StrategyRegistry.scan();
  const reasonsFor = async (strategy: string, files: Record<string, string>) =>
    scoreStrategy(registry.getEntry(strategy), await readFacts(files)).reasons;
  expect(await reasonsFor('langgraph', { 'langgraph.json': '{\n"graphs": {' })).toContainEqual(
    expect.stringMatching(/^\+4 manifest:langgraph: .* \(broken: langgraph\.json:\d: /),
  );
  expect(await reasonsFor('bentoml', { 'bentofile.yaml': 'python: [\n' })).toContainEqual(
    expect.stringMatching(/^\+6 manifest:bentofile: .* \(broken: bentofile\.yaml:\d: /),
  );
  expect(await reasonsFor('bentoml', { 'bentofile.yaml': 'service: "a:B"\n' })).toContainEqual(
    expect.stringMatching(/\(bentofile\.yaml\)$/),
  );
});

test('content that breaks a parser is an error of the file', async () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghij']
    .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[index]}`).join(',')}]`)
    .join('\n')}\n`;
  const cases = {
    bomb,
    deep: `a: ${'['.repeat(3000)}`,
    deepest: `a: ${'['.repeat(100_000)}`,
    nul: 'a: "\0\n',
    wide: `a: [${'1,'.repeat(400_000)}]`,
  };
  for (const text of Object.values(cases)) {
    const { notes } = await readFacts({ 'cog.yaml': text, 'environment.yml': text });
    expect(notes.length).toBeLessThanOrEqual(2);
    for (const note of notes) expect(note).toMatch(/^(cog\.yaml|environment\.yml)/);
  }
  expect((await readFacts({ 'cog.yaml': bomb })).notes).toEqual([expect.stringMatching(/^cog\.yaml: .*alias/)]);
  expect((await readFacts({ 'pyproject.toml': `a = ${'['.repeat(100_000)}` })).notes).toHaveLength(1);
}, 60_000);

test('a manifest that is not a regular file, or too large, is a note', async () => {
  const directory = temporarySolution({
    'app.py': 'def predict(x): return x\n',
    'cog.yaml': `# ${'x'.repeat(1_100_000)}`,
  });
  execFileSync('mkfifo', [join(directory, 'requirements.txt')]);
  symlinkSync('requirements.txt', join(directory, 'pyproject.toml'));
  const facts = await gatherFacts(directory, { home });
  expect(facts.entryPoints).toHaveLength(1);
  expect(facts.notes).toEqual([
    'Left out requirements.txt: it is neither a file nor a directory.',
    'cog.yaml is larger than 1000000 bytes.',
  ]);
});

test('readers take linear time for large files', async () => {
  const began = performance.now();
  const texts = ['\n', ' ', '-', 'a', '[', '\\\n', '${a-', '"', '#', '=', 'a=', '\t\n', 'é', ';(', '-r '];
  for (const text of texts) {
    const long = text.repeat(300_000).slice(0, 900_000);
    const files = ['requirements.txt', 'Dockerfile', '.python-version', 'setup.cfg', 'pyproject.toml'];
    await readFacts({ ...Object.fromEntries(files.map((file) => [file, long])), 'app.py': 'x = 1\n' });
    await readFacts({ Dockerfile: `FROM a\nEXPOSE ${long}\n`, 'requirements.txt': `a ${long}` });
  }
  expect((performance.now() - began) / texts.length).toBeLessThan(5000);
}, 300_000);

test('five thousand requirements are read, and more are counted', async () => {
  const lines = Array.from({ length: 6000 }, (_, index) => `package-${index}[x]>=${index}; python_version > "3"`);
  const facts = await readFacts({ 'requirements.txt': lines.join('\n') });
  expect(facts.dependencies).toHaveLength(5000);
  expect(facts.notes).toEqual(['requirements.txt: 1000 requirements were not read.']);
}, 60_000);

test('manifests in subdirectories are ignored', async () => {
  const facts = await readFacts({ 'tests/fixture/requirements.txt': 'torch\n', 'requirements/prod.txt': 'numpy\n' });
  expect(written(facts)).toEqual(['numpy']);
});

test('the exposed ports of a Dockerfile’s last stage are read as far as they are known', async () => {
  const exposes = async (...lines: string[]) => (await readFacts({ Dockerfile: `${lines.join('\n')}\n` })).exposes;
  expect(await exposes('FROM a AS build', 'EXPOSE 1', 'FROM b', '# EXPOSE 2', 'expose 3000/tcp 53/udp')).toEqual([
    3000,
  ]);
  expect(await exposes('ARG WEB=81', 'FROM a', 'ENV API="82" \\', '  X=1', `EXPOSE $WEB \${API}`, 'EXPOSE 82')).toEqual(
    [81, 82],
  );
  expect(await exposes('FROM a', 'ENV PORT 83', `EXPOSE \${PORT:-84} \${OTHER:-85} $UNKNOWN`)).toEqual([83, 85]);
  expect((await readFacts({ Dockerfile: 'FROM a\nEXPOSE 80\n' })).tags).toContain('exposes');
  expect((await readFacts({ Dockerfile: 'FROM a\n' })).tags).not.toContain('exposes');
});
