import { Argument, CommanderError, InvalidArgumentError, Option, Command as Parser } from 'commander';
import { BerthError } from '../errors.js';
import type { ArgumentDeclaration, Command, OptionDeclaration } from './command.js';
import type { CommandGroup } from './index.js';
import type { Invocation } from './invocation.js';

/** Understands the words after `berth`. Throws USAGE or COMMAND_UNKNOWN, each in one line with a suggestion. */
export function parseCommandLine(words: string[], groups: CommandGroup[]): Invocation {
  const found: Invocation[] = [];
  let help = '';
  const parser = createParser((text) => {
    help += text;
  });
  for (const { title, commands } of groups)
    for (const command of commands) addCommand(parser, title, command, (invocation) => found.push(invocation));
  try {
    parser.parse(words, { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.code !== 'commander.help' && help === '') throw usageError(thrown, words);
  }
  const isAskedFor = help !== '';
  return found[0] ?? { kind: 'help', text: (isAskedFor ? help : parser.helpInformation()).trimEnd(), isAskedFor };
}

function createParser(writeOut: (text: string) => void): Parser {
  return new Parser('berth')
    .description('Turns a repository of AI code into running, verified software.')
    .usage('COMMAND [options]')
    .option('--json', 'write the result as JSON')
    .option('-v, --verbose', 'show what an agent does, and the stack trace of a failure')
    .option('-V, --version', 'write the version')
    .helpOption('-h, --help', 'write this page')
    .addHelpCommand(new Parser('help').argument('[COMMAND]').description('write a command’s page').helpGroup('Help:'))
    .configureHelp({ showGlobalOptions: true, subcommandTerm: describeUsage })
    .configureOutput({ writeOut, writeErr: () => {} })
    .exitOverride();
}

/** `batch NAME FILE.jsonl|-`: that every command has options goes without saying. */
const describeUsage = (parser: Parser): string =>
  [parser.name(), ...parser.registeredArguments.map(describeArgument)].join(' ');

const describeArgument = (argument: Argument): string => (argument.required ? argument.name() : `[${argument.name()}]`);

function addCommand(parser: Parser, title: string, command: Command, onFound: (invocation: Invocation) => void): void {
  const parsed = parser.command(command.name).description(command.summary).helpGroup(`${title}:`);
  for (const argument of Object.values(command.arguments)) parsed.addArgument(createArgument(argument));
  const options = Object.entries(command.options).map(([key, declared]) => ({
    key,
    declared,
    option: createOption(declared),
  }));
  for (const { option } of options) parsed.addOption(option);
  if (command.examples !== undefined) parsed.addHelpText('after', renderExamples(command.examples));
  parsed.action(() => {
    const given: Record<string, unknown> = parsed.opts();
    const readValue = ({ declared, option }: (typeof options)[number]) =>
      given[option.attributeName()] ?? absentValues[declared.kind];
    onFound({
      kind: 'command',
      command,
      arguments: Object.fromEntries(Object.keys(command.arguments).map((name, index) => [name, parsed.args[index]])),
      options: Object.fromEntries(options.map((option) => [option.key, readValue(option)])),
    });
  });
}

const absentValues: Partial<Record<OptionDeclaration['kind'], unknown>> = { flag: false, list: [] };

const createArgument = ({ label, isRequired, summary }: ArgumentDeclaration): Argument =>
  new Argument(isRequired ? `<${label}>` : `[${label}]`, summary);

function createOption({ flags, kind, summary, preset }: OptionDeclaration): Option {
  const option = new Option(flags, summary);
  if (preset !== undefined) option.preset(preset);
  if (kind === 'list') option.argParser((value, values: string[] = []) => [...values, value]);
  if (kind === 'number') option.argParser(parsePositive);
  if (kind === 'count') option.argParser(parseCount);
  if (kind === 'amount') option.argParser(parseAmount);
  return option;
}

function parsePositive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a number greater than 0.');
}

function parseAmount(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError('It must be a number, 0 or greater.');
}

function parseCount(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number greater than 0.');
}

const renderExamples = (examples: string[]): string => `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}`;

/** commander's complaint, in one line and without its prefix. */
function usageError({ code, message }: CommanderError, words: string[]): BerthError {
  const complaint = message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ');
  const hasCommand = code !== 'commander.unknownCommand' && words.some((word) => !word.startsWith('-'));
  return new BerthError(hasCommand ? 'USAGE' : 'COMMAND_UNKNOWN', complaint);
}
