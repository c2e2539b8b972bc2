import { randomBytes } from 'node:crypto';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import {
  openValue,
  parseEnvironmentOption,
  readEnvironmentFile,
  redact,
  resolveEnvironment,
  sealEnvironment,
  sealValue,
} from '../../src/secrets/index.js';
import { temporaryDirectory, temporaryHome } from '../support/temporary-directories.js';

const secret = 'sk-ünïcode-4711\nsecond line';

afterEach(() => {
  delete process.env.BERTH_SECRET_KEY;
  delete process.env.BERTH_TEST_VARIABLE;
});

test('opens a sealed value, which shows nothing of its content', async () => {
  const home = temporaryHome();

  const sealed = await sealValue(home, secret);

  expect(await openValue(home, sealed)).toBe(secret);
  expect(sealed).not.toContain('4711');
  expect(Buffer.from(sealed.split(':')[2] ?? '', 'base64url').toString()).not.toContain('4711');
  expect(await sealValue(home, secret)).not.toBe(sealed);
});

test('creates one key that only its owner can read, also with many concurrent calls', async () => {
  const home = temporaryHome();

  const sealed = await Promise.all(Array.from({ length: 20 }, () => sealValue(home, secret)));

  expect(await Promise.all(sealed.map((value) => openValue(home, value)))).toEqual(sealed.map(() => secret));
  expect(readdirSync(home.root)).toEqual(['secret.key']);
  expect(statSync(join(home.root, 'secret.key')).mode & 0o777).toBe(0o600);
});

test('uses the key of BERTH_SECRET_KEY on every machine that has it', async () => {
  process.env.BERTH_SECRET_KEY = randomBytes(32).toString('base64');
  const sealed = await sealValue(temporaryHome(), secret);

  expect(await openValue(temporaryHome(), sealed)).toBe(secret);
});

test('refuses another key, altered text and an invalid key', async () => {
  const home = temporaryHome();
  const sealed = await sealValue(home, secret);
  const altered = sealed.slice(0, -2) + (sealed.endsWith('AA') ? 'BB' : 'AA');

  await expect(openValue(temporaryHome(), sealed)).rejects.toMatchObject({ code: 'SECRET_KEY_WRONG' });
  await expect(openValue(home, altered)).rejects.toMatchObject({ code: 'SECRET_KEY_WRONG' });
  await expect(openValue(home, secret)).rejects.toMatchObject({ code: 'SECRET_KEY_WRONG' });
  process.env.BERTH_SECRET_KEY = 'short';
  await expect(sealValue(home, secret)).rejects.toMatchObject({
    code: 'SECRET_KEY_WRONG',
    message: 'BERTH_SECRET_KEY is not 32 bytes in base64',
  });
});

test('resolves sealed values and variables of the worker', async () => {
  const home = temporaryHome();
  process.env.BERTH_TEST_VARIABLE = 'from the worker';
  const assignments = ['A=first', 'BERTH_TEST_VARIABLE', 'A=x=y', 'EMPTY='].map(parseEnvironmentOption);

  const variables = await sealEnvironment(home, assignments);

  expect(JSON.stringify(variables)).not.toContain('x=y');
  expect(await resolveEnvironment(home, variables)).toEqual({
    A: 'x=y',
    BERTH_TEST_VARIABLE: 'from the worker',
    EMPTY: '',
  });
});

test('names every variable that the worker lacks', async () => {
  const variables = [
    { name: 'BERTH_TEST_ONE', from: 'worker' as const },
    { name: 'BERTH_TEST_TWO', from: 'worker' as const },
  ];

  await expect(resolveEnvironment(temporaryHome(), variables)).rejects.toMatchObject({
    code: 'ENV_MISSING',
    message: 'the worker’s environment does not have BERTH_TEST_ONE, BERTH_TEST_TWO',
  });
});

test.each(['=value-4711', '1A=value-4711', 'MY KEY=value-4711', '', 'A-B', 'A=value-4711\0'])(
  'refuses --env %j without repeating its value',
  (option) => {
    const parse = () => parseEnvironmentOption(option);

    expect(parse).toThrow(expect.objectContaining({ code: 'USAGE', message: expect.not.stringContaining('4711') }));
  },
);

test('reads an environment file', async () => {
  const file = join(temporaryDirectory(), 'production.env');
  writeFileSync(file, '# keys\nA=1\nexport B="two words"\nC=\'x#y\' # comment\nA=3\n');

  expect(await readEnvironmentFile(file)).toEqual([
    { name: 'A', value: '3' },
    { name: 'B', value: 'two words' },
    { name: 'C', value: 'x#y' },
  ]);
  writeFileSync(file, 'A.B=1\n');
  await expect(readEnvironmentFile(file)).rejects.toMatchObject({ code: 'USAGE' });
  await expect(readEnvironmentFile(`${file}.missing`)).rejects.toMatchObject({ code: 'USAGE' });
});

test('redacts values as text, JSON and URLs write them, longest first', () => {
  const values = ['token', 'token-and-more', 'a b/c', '"quoted"\nline', 'abc'];
  const text = 'token-and-more token a%20b%2Fc {"k":"\\"quoted\\"\\nline"} "quoted" abc $& end';

  expect(redact(text, values)).toBe('[redacted] [redacted] [redacted] {"k":"[redacted]"} [redacted] abc $& end');
});
