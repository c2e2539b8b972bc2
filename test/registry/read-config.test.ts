import { expect, test } from '@jest/globals';
import { readConfig } from '../../src/registry/read-config.js';

const sound = `name: echo
provider: null
interface: function
runner_class: EchoRunner
default_resources: {}
run_interface: { type: function }
`;

const problemOf = async (text: string): Promise<string> => {
  const reading = await readConfig('config.yaml', text);
  return 'problem' in reading ? reading.problem : '';
};

test('a valid file is read, with no signals by default', async () => {
  const reading = await readConfig('config.yaml', sound);
  expect(reading).toMatchObject({ config: { name: 'echo', provider: null, signals: [] } });
});

test('JSON is read as YAML', async () => {
  const config = { name: 'echo', provider: null, interface: 'function', runner_class: 'EchoRunner' };
  const complete = { ...config, default_resources: {}, run_interface: { type: 'function' } };
  expect(await readConfig('config.yaml', JSON.stringify(complete))).toEqual(await readConfig('config.yaml', sound));
  const problem = await problemOf(JSON.stringify({ ...complete, name: 7 }, null, 2));
  expect(problem).toBe('config.yaml:2: name: expected string, received number');
});

test('a wrong type names file, line and key', async () => {
  const problem = await problemOf(sound.replace('interface: function', 'interface: 3'));
  expect(problem).toBe('config.yaml:3: interface: expected string, received number');
});

test('a wrong type deep inside names its own line', async () => {
  const signals = 'signals:\n  - fact: gpu\n    weight: much\n    reason: because\n';
  expect(await problemOf(sound + signals)).toBe('config.yaml:9: signals.0.weight: expected number, received string');
});

test('a missing key is reported', async () => {
  expect(await problemOf(sound.replace('interface: function\n', ''))).toBe('config.yaml:1: interface: is missing');
});

test('an unknown key names its line', async () => {
  expect(await problemOf(`${sound}colour: red\n`)).toBe('config.yaml:7: colour: is not a known key');
  expect(await problemOf(sound.replace('resources: {}', 'resources: { ram: 3 }'))).toBe(
    'config.yaml:5: default_resources.ram: is not a known key',
  );
});

test('every mistake is reported on its own line', async () => {
  const problem = await problemOf(sound.replace('name: echo', 'name: Echo!').replace('EchoRunner', '"3"'));
  expect(problem.split('\n')).toEqual([
    'config.yaml:1: name: is lower-case letters, digits and hyphens',
    'config.yaml:4: runner_class: is the name of an exported class',
  ]);
});

test('YAML that does not parse names its line', async () => {
  expect(await problemOf('name: echo\nprovider: [null\ninterface: x\n')).toMatch(/^config\.yaml:\d: /);
  expect(await problemOf('name: echo\nname: other\n')).toMatch(/^config\.yaml:2: .*unique/);
  expect(await problemOf('- a list\n')).toMatch(/^config\.yaml:1: contains no keys/);
});
