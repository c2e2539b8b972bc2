import { expect, test } from '@jest/globals';
import { readConfig } from '../../src/registry/read-config.js';

const sound = `name: echo
provider: null
interface: function
runner_class: EchoRunner
default_resources: {}
run_interface: { type: function }
`;

const problemOf = (text: string): string => {
  const reading = readConfig('config.yaml', text);
  return 'problem' in reading ? reading.problem : '';
};

test('a sound file is read, signals default to none', () => {
  const reading = readConfig('config.yaml', sound);
  expect(reading).toMatchObject({ config: { name: 'echo', provider: null, signals: [] } });
});

test('a wrong type names file, line and key', () => {
  const problem = problemOf(sound.replace('interface: function', 'interface: 3'));
  expect(problem).toBe('config.yaml:3: interface: expected string, received number');
});

test('a wrong type deep inside names its own line', () => {
  const signals = 'signals:\n  - fact: gpu\n    weight: much\n    reason: because\n';
  expect(problemOf(sound + signals)).toBe('config.yaml:9: signals.0.weight: expected number, received string');
});

test('a missing key is named as missing', () => {
  expect(problemOf(sound.replace('interface: function\n', ''))).toBe('config.yaml:1: interface: is missing');
});

test('an unknown key names its line', () => {
  expect(problemOf(`${sound}colour: red\n`)).toBe('config.yaml:7: colour: is no known key');
  expect(problemOf(sound.replace('resources: {}', 'resources: { ram: 3 }'))).toBe(
    'config.yaml:5: default_resources.ram: is no known key',
  );
});

test('every mistake has a line of its own', () => {
  const problem = problemOf(sound.replace('name: echo', 'name: Echo!').replace('EchoRunner', '"3"'));
  expect(problem.split('\n')).toEqual([
    'config.yaml:1: name: is lower-case letters, digits and hyphens',
    'config.yaml:4: runner_class: is the name of an exported class',
  ]);
});

test('YAML that does not parse names its line', () => {
  expect(problemOf('name: echo\nprovider: [null\ninterface: x\n')).toMatch(/^config\.yaml:\d: /);
  expect(problemOf('name: echo\nname: other\n')).toMatch(/^config\.yaml:2: .*unique/);
  expect(problemOf('- a list\n')).toMatch(/^config\.yaml:1: holds no keys/);
});
