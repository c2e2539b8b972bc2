import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readPipFiles } from '../../src/environments/pip-files/read-pip-files.js';
import { formatUvFile, restoreLocations } from '../../src/environments/pip-files/uv-file.js';
import { expandVariables, maskValues } from '../../src/environments/pip-files/variables.js';
import { checkProperty } from '../support/check-property.js';
import { measureLoopDelay } from '../support/loop-delay.js';
import { temporarySolution } from '../support/temporary-directories.js';

const read = (files: Record<string, string>, name = 'requirements.txt') => readFiles(temporarySolution(files), [name]);
const readFiles = (root: string, files: string[]) => readPipFiles(root, [{ files, from: 'test', lines: [] }]);
const named = (name: string): string => `\${${name}}`;
const texts = (lines: { text: string }[]) => lines.map(({ text }) => text);

test('comments, continuations and byte order marks are read as pip reads them', async () => {
  const { requirements } = await read({
    'requirements.txt':
      '\uFEFF# all\r\nsix \\\r\n  ==1.16.0  # why\r\n\r\nx @ https://e.org/x.whl#egg=x\r\n  # \\\r\nidna',
  });
  expect(requirements).toEqual([
    { text: 'six   ==1.16.0', file: 'requirements.txt', line: 2 },
    { text: 'x @ https://e.org/x.whl#egg=x', file: 'requirements.txt', line: 5 },
    { text: 'idna', file: 'requirements.txt', line: 7 },
  ]);
});

test('options are converted to the form that uv accepts', async () => {
  const {
    options,
    uvArguments: args,
    notes,
  } = await read({
    'requirements.txt': [
      '-i https://one.org/simple',
      '--index-url=https://two.org/simple',
      '--extra-index https://three.org/simple',
      '-f wheels',
      '--no-binary a,b',
      '--only-binary :all:',
      '--pre',
      '--trusted-host e.org',
      '--prefer-binary',
      'six --config-settings "a=b c" --global-option=x',
      '--use-feature fast-deps',
    ].join('\n'),
  });
  expect(texts(options)).toEqual([
    '--index-url https://two.org/simple',
    '--extra-index-url https://three.org/simple',
    '--find-links file://{source}/wheels',
    '--no-binary a',
    '--no-binary b',
    '--only-binary :all:',
  ]);
  expect(args).toEqual([
    '--prerelease',
    'allow',
    '--allow-insecure-host',
    'e.org',
    '--config-settings-package',
    'six:a=b c',
  ]);
  expect(notes).toEqual([
    'requirements.txt:8: the certificate of e.org is not checked.',
    'requirements.txt:9: --prefer-binary has no effect here.',
    'requirements.txt:10: --global-option has no effect here.',
  ]);
});

test.each([
  ['-e git+file:///r@v1#egg=x&subdirectory=s', 'x @ git+file:///r@v1#subdirectory=s'],
  ['--editable=git+https://e.org/r.git#egg=x[a]', 'x[a] @ git+https://e.org/r.git'],
  ['-e git+ssh://git@e.org/r.git', 'git+ssh://git@e.org/r.git'],
  ['-e ./libs/tool ; python_version > "3"', '-e ./libs/tool ; python_version > "3"'],
  ['-e .', '-e .'],
])('%s becomes %s', async (line, expected) => {
  expect(texts((await read({ 'requirements.txt': line })).requirements)).toEqual([expected]);
});

test('includes are read once, with their constraints', async () => {
  const {
    requirements,
    constraints,
    texts: files,
  } = await read({
    'requirements.txt': '-r base/one.txt\n-cbase/two.txt\nidna\n',
    'base/one.txt': '-r ../requirements.txt\n-r one.txt\nsix\n',
    'base/two.txt': 'six<2\n-r three.txt\n',
    'base/three.txt': 'chardet<9\n',
  });
  expect(texts(requirements)).toEqual(['six', 'idna']);
  expect(texts(constraints)).toEqual(['six<2', 'chardet<9']);
  expect(files.filter((_, index) => index % 2 === 0)).toEqual([
    'requirements.txt',
    'base/one.txt',
    'base/two.txt',
    'base/three.txt',
  ]);
});

test.each([
  ['six\n-r /dev/zero', 'requirements.txt:2: /dev/zero is outside the repository'],
  [
    '-r ../../../../../../../../etc/passwd',
    'requirements.txt:1: ../../../../../../../../etc/passwd is outside the repository',
  ],
  ['-r pipe', 'requirements.txt:1: pipe is not a regular file'],
  ['-c base', 'requirements.txt:1: base is not a regular file'],
  ['\n\n-r gone.txt', 'requirements.txt:3: gone.txt does not exist'],
  ['-r big.txt', 'requirements.txt:1: big.txt is larger than'],
  ['--foo bar', 'requirements.txt:1: pip has no option --foo in a requirement file'],
  ['-r', 'requirements.txt:1: -r needs a value'],
])('%j is refused with its location', async (text, message) => {
  const root = temporarySolution({ 'requirements.txt': text, 'base/x.txt': '' });
  execFileSync('mkfifo', [join(root, 'pipe')]);
  writeFileSync(join(root, 'big.txt'), Buffer.alloc(9 * 2 ** 20));
  await expect(readFiles(root, ['requirements.txt'])).rejects.toMatchObject({
    code: 'DEPENDENCY_UNRESOLVED',
    message: expect.stringContaining(message),
  });
});

const pieces = [
  '\n',
  ' ',
  '\t',
  '\\\n',
  '#',
  '"',
  "'",
  '-r ',
  '-e ',
  '--hash=',
  'six',
  '==1',
  named('A'),
  '@',
  ';',
  'é',
  '/',
];
const repeated = ['\n', ' ', '\\\n', '#', '"', "'", '-', '- ', '-r ', 'a ', '# ', ' #', 'six\n', '\\', '\r'];

test('requirement files of any form are read or refused', async () => {
  const text = fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 400 })
    .map((parts) => parts.join(''));
  const property = fc.asyncProperty(text, async (content) => {
    const found = await read({ 'requirements.txt': content }).catch((error) => error);
    expect(found.code ?? 'read').toMatch(/^(read|DEPENDENCY_UNRESOLVED)$/);
  });
  await checkProperty('requirement files', { runs: 200, time: 20_000 }, property);
});

test('the longest requirement files are read or refused in time, without blocking the event loop', async () => {
  const roots = repeated.map((piece) => temporarySolution({ 'requirements.txt': piece.repeat(300_000) }));
  for (const root of roots) {
    const start = performance.now();
    const { delay } = await measureLoopDelay(() =>
      readFiles(root, ['requirements.txt']).catch((error) => expect(error.code).toBe('DEPENDENCY_UNRESOLVED')),
    );
    expect(performance.now() - start).toBeLessThan(15_000);
    expect(delay).toBeLessThan(100);
  }
});

test('variables are expanded, and their values masked again', () => {
  const values = { TOKEN: 'hunter2', USER: 'hunter2-reader', N: '1' };
  const formatUrl = (user: string, token: string, n: string) => `https://${user}:${token}@e.org/${n}/${named('OTHER')}`;
  const text = formatUrl(named('USER'), named('TOKEN'), named('N'));
  expect(expandVariables(text, values)).toBe(formatUrl('hunter2-reader', 'hunter2', '1'));
  expect(maskValues(expandVariables(text, values), values)).toBe(formatUrl(named('USER'), named('TOKEN'), '1'));
});

test('locations in the generated file become locations in the repository’s files', () => {
  const lines = [
    { text: 'six', file: 'base.txt', line: 3 },
    { text: 'a b', file: 'requirements.txt', line: 7 },
  ];
  const file = formatUvFile(lines, { source: '/', variables: {} });
  const output =
    'in `/tmp/x/requirements.in` at position 4, in /tmp/x/requirements.in:1:8, `requirements.in` at line 2';
  expect(restoreLocations(output, 'requirements.in', file)).toBe(
    'in requirements.txt:7, in base.txt:3, requirements.txt:7',
  );
});
