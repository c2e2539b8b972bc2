import fc from 'fast-check';

/** Generated and real unusual repositories: path → content. */
export type Tree = Record<string, string | Uint8Array>;

const names = [
  'app',
  'predict',
  'utils',
  'src',
  'lib',
  'my-model',
  '01-run',
  'modèle',
  '数据',
  'v1.2',
  'class',
  'types',
  'token',
  'tests',
  'a b',
  '__pycache__',
];
const segment = fc.constantFrom(...names);
const module = fc.constantFrom(
  'app',
  'predict',
  'utils',
  'lib.app',
  'src.utils',
  'types',
  'token',
  'numpy',
  'app.utils',
  'lib',
);

const pythonPath = fc
  .tuple(fc.array(segment, { maxLength: 4 }), fc.oneof(segment, fc.constant('__init__'), fc.constant('__main__')))
  .map(([directories, stem]) => [...directories, `${stem}.py`].join('/'));

const statement = fc.oneof(
  module.map((name) => `import ${name}`),
  fc.tuple(module, segment).map(([name, part]) => `from ${name} import ${part}`),
  fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.constantFrom('app', 'utils', ''))
    .map(([dots, name]) => `from ${'.'.repeat(dots)}${name} import predict`),
  fc.constantFrom(
    'def predict(text, k=3, *rest, mode=None, **extra):\n    """\n    >>> predict("a")  # doctest: +SKIP, +ELLIPSIS\n    1\n    """\n    return text',
    'class Model(Base):\n    def __init__(self, x): pass\n    @classmethod\n    def make(cls): return cls(1)\n    def predict(self, text: str = Input(description="x")): yield text',
    'class Base(Model): pass',
    'class Model(Model): pass',
    'model = Model(1)\nbound = model.predict\nchain = model | bound',
    'if __name__ == "__main__":\n    print(predict("path/to/x.png"))\n    Model.make()',
    'def replacing(f):\n    def replacing(g): return g\n    return replacing\n@replacing\n@replacing()\ndef f(x): pass',
    'a: "b" = c.d = lambda *, x=..., **k: [y for y in x]',
    'try:\n    pass\nexcept* ValueError: pass',
    'match x:\n    case {"a": [1, *_]}: pass',
    'x = "\\ud800"\n',
    'def broken(:',
    `x = ${'('.repeat(150)}${')'.repeat(150)}`,
    `x = ${'-'.repeat(30_000)}1`,
    `x = a${'.b'.repeat(30_000)}`,
    `x = 1${' + 1'.repeat(30_000)}`,
    `x = ${'['.repeat(5000)}`,
    `x = "${'y'.repeat(100_000)}"`,
    `${Array.from({ length: 99 }, (_, depth) => `${' '.repeat(depth)}if x:`).join('\n')}\n${' '.repeat(99)}pass`,
    '\0',
    '# -*- coding: utf-16 -*-',
    '# -*- coding: nonsense -*-\nx = 1',
    '\ufeffdef marked(x): pass',
    '\f\r\r\n\v',
  ),
);

const python = fc.oneof(
  { weight: 9, arbitrary: fc.array(statement, { maxLength: 6 }).map((lines) => `${lines.join('\n')}\n`) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 200, unit: 'binary' }) },
);

const manifestPath = fc.constantFrom(
  'requirements.txt',
  'requirements-dev.txt',
  'requirements/base.txt',
  'pyproject.toml',
  'setup.py',
  'setup.cfg',
  'Pipfile',
  'environment.yml',
  'cog.yaml',
  'langgraph.json',
  'bentofile.yaml',
  'Dockerfile',
  '.python-version',
  'runtime.txt',
  'README.md',
  '.gitignore',
  '.berthignore',
  'package.json',
  'uv.lock',
  'Procfile',
  'compose.yaml',
);

const part = fc.constantFrom(
  'numpy==1.2',
  'Foo_Bar[x]>=1 ; python_version < "3.9"',
  '-r base.txt',
  '-r ../../etc/passwd',
  '-r /dev/zero',
  '-e .',
  '--hash=sha256:00',
  '[project]',
  'name = "x"',
  'dependencies = ["a", ',
  ']',
  '[tool.poetry.dependencies]',
  'a = { ',
  'build:',
  '  gpu: true',
  '  python_version: 3.10',
  'predict: "predict.py:Predictor"',
  '  - pip:',
  '    - openai',
  '&a *a',
  'a: &a [*a, *a]',
  '<<: *a',
  '{"graphs": {"a": ',
  '}}',
  'FROM x',
  `EXPOSE ${'$'}{A:-80} ${'$'}{`,
  'ENV A=1 \\',
  '*.py',
  '!app.py',
  '**',
  '/',
  '*a*b*c*d*e',
  '```python',
  '>>> predict("x")',
  '```',
  '[options]',
  'install_requires =',
  '    numpy',
  '\0',
  '\ud800',
  '\ufeff',
);

const manifest = fc.oneof(
  { weight: 6, arbitrary: fc.array(part, { maxLength: 12 }).map((lines) => lines.join('\n')) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(part, fc.constantFrom('\n', ' ', ''))
      .map(([text, end]) => (text + end).repeat(50_000).slice(0, 600_000)),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('\n', ' ', '[', '{', '-', '\\\n', '"', '#', '\t', '- ', 'a:\n', '${')
      .map((text) => text.repeat(300_000)),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }) },
);

export const manifests: fc.Arbitrary<Tree> = fc.dictionary(manifestPath, manifest, { maxKeys: 5 });

/** Generates trees, occasionally with thousands of files. */
export const trees: fc.Arbitrary<Tree> = fc
  .tuple(
    fc.dictionary(pythonPath, python, { maxKeys: 12 }),
    fc.dictionary(
      manifestPath,
      fc.array(part, { maxLength: 6 }).map((lines) => lines.join('\n')),
      { maxKeys: 4 },
    ),
    fc.oneof({ weight: 30, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(3000) }),
  )
  .map(([code, texts, many]) => ({
    ...Object.fromEntries(
      Array.from({ length: many }, (_, index) => [
        `many/p${index % 50}/m${index}.py`,
        `import app\ndef f${index}(x): pass\n`,
      ]),
    ),
    ...code,
    ...texts,
  }));
