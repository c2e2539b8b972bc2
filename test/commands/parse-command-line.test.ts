import { expect, test } from '@jest/globals';
import { commandGroups } from '../../src/commands/index.js';
import type { CommandInvocation } from '../../src/commands/invocation.js';
import { parseCommandLine } from '../../src/commands/parse-command-line.js';
import { parseRunCommand } from '../../src/commands/parse-run-command.js';

const parse = (...words: string[]) => parseCommandLine(words, commandGroups);

function parseCommand(...words: string[]): CommandInvocation {
  const invocation = parse(...words);
  if (invocation.kind !== 'command') throw new Error('it is a call for help');
  return invocation;
}

test('a repeated option keeps every value in order', () => {
  const {
    command,
    arguments: given,
    options,
  } = parseCommand(
    'deploy',
    '.',
    '--env',
    'A=1',
    '--env',
    'B',
    '--env-file',
    'x.env',
    '--no-wait',
    '--timeout',
    '2.5',
    '--json',
  );
  expect(command.name).toBe('deploy');
  expect(given).toEqual({ path: '.' });
  expect(options).toMatchObject({ env: ['A=1', 'B'], envFile: ['x.env'], wait: false, timeout: 2.5, resource: [] });
});

test('an omitted option has the empty value of its kind', () => {
  expect(parseCommand('deploy', '.').options).toMatchObject({
    wait: true,
    env: [],
    name: undefined,
    timeout: undefined,
  });
  expect(parseCommand('cleanup', 'x').options).toEqual({ all: false, yes: false });
});

test('an option with an optional value has a preset without it', () => {
  expect(parseCommand('deploy', '.', '--expose').options).toMatchObject({ expose: '0.0.0.0' });
  expect(parseCommand('deploy', '.', '--expose', '10.0.0.2').options).toMatchObject({ expose: '10.0.0.2' });
  expect(parseCommand('deploy', '.').options).toMatchObject({ expose: undefined });
});

test.each([
  ['an unknown command', ['lst'], 'COMMAND_UNKNOWN', "unknown command 'lst' (Did you mean list?)"],
  ['an unknown option', ['deploy', '.', '--gaol', 'x'], 'USAGE', "unknown option '--gaol' (Did you mean --goal?)"],
  ['an unknown option without a command', ['--goal'], 'COMMAND_UNKNOWN', "unknown option '--goal'"],
  ['a missing argument', ['deploy'], 'USAGE', "missing required argument 'PATH'"],
  ['a surplus argument', ['stop', 'one', 'two'], 'USAGE', 'too many arguments'],
  ['an option without its value', ['deploy', '.', '--name'], 'USAGE', "option '--name <NAME>' argument missing"],
  ['a timeout that is not a number', ['run', 'x', '--timeout', 'soon'], 'USAGE', 'a number greater than 0'],
  ['a timeout of 0', ['run', 'x', '--timeout', '0'], 'USAGE', 'a number greater than 0'],
  ['a fractional concurrency', ['batch', 'x', 'f', '--concurrency', '0.5'], 'USAGE', 'a whole number greater than 0'],
])('%s is refused in one line', (_, words, code, message) => {
  let refusal: unknown;
  try {
    parse(...words);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toMatchObject({ code, message: expect.stringContaining(message) });
  expect((refusal as Error).message).not.toContain('\n');
});

test('requested help lists every command and the global options', () => {
  const help = parse('--help');
  expect(help).toMatchObject({ kind: 'help', isRequested: true });
  for (const { name } of commandGroups.flatMap(({ commands }) => commands))
    expect(help).toMatchObject({ text: expect.stringMatching(new RegExp(`^  ${name}( |$)`, 'm')) });
});

test.each(commandGroups.flatMap(({ commands }) => commands.map(({ name }) => name)))(
  '%s has a help page with the options that all have',
  (name) => {
    const help = parse(name, '--help');
    for (const option of ['--json', '--verbose', '--help', '--version'])
      expect(help).toMatchObject({ kind: 'help', isRequested: true, text: expect.stringContaining(option) });
  },
);

test('a missing command shows help that was not requested', () => {
  expect(parse()).toMatchObject({ kind: 'help', isRequested: false });
});

test.each([
  [['run', 'x']],
  [['run', 'x', '{"a": 1}']],
  [['run', 'x', '-']],
  [['run', '--timeout', '3', 'x', '@f', '--json']],
  [['run', 'x', '--timeout', '1e2', '--verbose']],
  [['run', 'x', '-v']],
  [['run', 'x', '--stream', '{}']],
])('the fast path of run parses %j like the parser', (words) => {
  expect(parseRunCommand(words)).toEqual(parseCommand(...words));
});

test.each([
  [['run']],
  [['run', '--help']],
  [['run', 'x', '--timeout', 'soon']],
  [['run', 'x', '--timeout']],
  [['run', 'x', '--timeout=3']],
  [['run', 'x', '1', '2']],
  [['run', 'x', '--tiemout', '3']],
  [['run', 'x', '--', '-5']],
  [['--json', 'run', 'x']],
  [['list']],
])('the fast path of run leaves %j to the parser', (words) => {
  expect(parseRunCommand(words)).toBeUndefined();
});
