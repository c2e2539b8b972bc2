import { Argument, CommanderError, InvalidArgumentError, Option, Command as Parser } from 'commander';
import { BerthError } from '../errors.js';
import type { ArgumentDeclaration, Command, CommandFamily, CommandGroup, OptionDeclaration } from './command.js';
import type { Invocation } from './invocation.js';

/**
 * Parses the arguments of `berth`.
 *
 * @throws USAGE, COMMAND_UNKNOWN with commander's message in one line.
 */
export function parseCommandLine(words: string[], groups: CommandGroup[]): Invocation {
  const invocations: Invocation[] = [];
  let help = '';
  let errorText = '';
  const parser = createParser(
    (text) => {
      help += text;
    },
    (text) => {
      errorText += text;
    },
  );
  for (const { title, commands } of groups)
    for (const entry of commands) addEntry(parser, title, entry, (invocation) => invocations.push(invocation));
  try {
    parser.parse(words, { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.code !== 'commander.help' && help === '') throw usageError(thrown, isCommandKnown(words, groups));
  }
  // When the command is missing, commander writes the help page as an error.
  return invocations[0] ?? { kind: 'help', text: (help || errorText).trimEnd(), isRequested: help !== '' };
}

const isCommandKnown = (words: string[], groups: CommandGroup[]): boolean => {
  const first = words.find((word) => !word.startsWith('-'));
  return groups.some(({ commands }) => commands.some(({ name }) => name === first));
};

function createParser(writeOut: (text: string) => void, writeErr: (text: string) => void): Parser {
  return new Parser('berth')
    .description('Turns a repository of AI code into running, verified software.')
    .usage('COMMAND [options]')
    .option('--json', 'print the result as JSON')
    .option('-v, --verbose', 'show agent actions and stack traces')
    .option('-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .addHelpCommand(
      new Parser('help').argument('[COMMAND]').description('show the help of a command').helpGroup('Help:'),
    )
    .configureHelp({ showGlobalOptions: true, subcommandTerm: describeUsage })
    .configureOutput({ writeOut, writeErr })
    .exitOverride();
}

/** Describes a command without its options: `batch NAME FILE.jsonl|-`. */
const describeUsage = (parser: Parser): string =>
  [parser.name(), ...parser.registeredArguments.map(describeArgument)].join(' ');

const describeArgument = (argument: Argument): string => (argument.required ? argument.name() : `[${argument.name()}]`);

type OnFound = (invocation: Invocation) => void;

function addEntry(parser: Parser, title: string, entry: Command | CommandFamily, onFound: OnFound): void {
  const parsed = parser.command(entry.name).description(entry.summary).helpGroup(`${title}:`);
  if ('commands' in entry) {
    parsed.usage('COMMAND [options]').helpCommand(false);
    for (const command of entry.commands)
      addCommand(parsed.command(command.name).description(command.summary), command, onFound);
  } else addCommand(parsed, entry, onFound);
}

function addCommand(parsed: Parser, command: Command, onFound: OnFound): void {
  for (const argument of Object.values(command.arguments)) parsed.addArgument(createArgument(argument));
  const options = Object.entries(command.options).map(([key, declared]) => ({
    key,
    declared,
    option: createOption(declared),
  }));
  for (const { option } of options) parsed.addOption(option);
  if (command.examples !== undefined) parsed.addHelpText('after', renderExamples(command.examples));
  parsed.action(() => {
    const values: Record<string, unknown> = parsed.opts();
    const readValue = ({ declared, option }: (typeof options)[number]) =>
      values[option.attributeName()] ?? defaultValues[declared.kind];
    onFound({
      kind: 'command',
      command,
      arguments: Object.fromEntries(Object.keys(command.arguments).map((name, index) => [name, parsed.args[index]])),
      options: Object.fromEntries(options.map((option) => [option.key, readValue(option)])),
    });
  });
}

const defaultValues: Partial<Record<OptionDeclaration['kind'], unknown>> = { flag: false, list: [] };

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

/** Converts commander's message: one line, without its prefix. */
function usageError({ message }: CommanderError, hasCommand: boolean): BerthError {
  const text = message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ');
  return new BerthError(hasCommand ? 'USAGE' : 'COMMAND_UNKNOWN', text);
}
