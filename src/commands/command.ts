import type { Output } from './output.js';

/**
 * The kind of an option's value: `flag` a boolean, `list` every occurrence in order, `number` a number and `count` an
 * integer, both greater than 0; `amount` a number that may be 0.
 */
export type OptionKind = keyof ValueOfKind;

export interface OptionDeclaration {
  /** Flags in commander's notation: `-f, --follow`, `--env <NAME[=VALUE]>`, `--no-wait`. */
  flags: string;
  kind: OptionKind;
  /** Value of an option that is given without its optional value. */
  preset?: string;
  summary: string;
}

export interface ArgumentDeclaration {
  /** Placeholder in the usage line: `NAME`, `JSON|@FILE|-`. */
  label: string;
  isRequired: boolean;
  summary: string;
  /** Throws for an invalid value, before the command runs. */
  check?: (value: string) => void;
}

type OptionDeclarations = Record<string, OptionDeclaration>;
type ArgumentDeclarations = Record<string, ArgumentDeclaration>;

interface ValueOfKind {
  flag: boolean;
  text: string | undefined;
  list: string[];
  number: number | undefined;
  count: number | undefined;
  amount: number | undefined;
}

type ArgumentValues<A extends ArgumentDeclarations> = {
  [K in keyof A]: A[K]['isRequired'] extends true ? string : string | undefined;
};
type OptionValues<O extends OptionDeclarations> = { [K in keyof O]: ValueOfKind[O[K]['kind']] };

/** Input of a running command: its arguments and options, its output, and a signal to stop. */
export interface CommandContext<A = Record<string, string | undefined>, O = Record<string, unknown>> {
  arguments: A;
  options: O;
  output: Output;
  /** Aborts on Ctrl-C. */
  signal: AbortSignal;
}

/** Exit code; undefined means 0. Failures are thrown as a BerthError. */
export type CommandResult = Promise<number | undefined> | Promise<void>;

/**
 * A command as data for the parser and the help page, and the function that runs it. One file per command. `run` loads
 * heavy modules (factory, stack, anything with zod or Temporal) by `await import()`, so that help stays fast.
 */
export interface CommandDeclaration<
  A extends ArgumentDeclarations = ArgumentDeclarations,
  O extends OptionDeclarations = OptionDeclarations,
> {
  name: string;
  /** One line for the list of commands. */
  summary: string;
  /** Arguments in the order of the command line. */
  arguments: A;
  options: O;
  /** Command lines for the help page. */
  examples?: string[];
  /** Ends by itself after Ctrl-C, however long it takes; other commands are ended after a second. */
  handlesInterruption?: boolean;
  run(context: CommandContext<ArgumentValues<A>, OptionValues<O>>): CommandResult;
}

/** A command without the types of its arguments and options, as the parser holds it. */
export interface Command extends Omit<CommandDeclaration, 'run'> {
  run(context: CommandContext): CommandResult;
}

/** A group of commands on the help page. */
export interface CommandGroup {
  title: string;
  commands: (Command | CommandFamily)[];
}

/** Commands that share a first word: `schedule create`, `schedule list`, … */
export interface CommandFamily {
  name: string;
  summary: string;
  commands: Command[];
}

/** Declares a command; its arguments and options give the context of `run` its type. */
export function defineCommand<const A extends ArgumentDeclarations, const O extends OptionDeclarations>(
  declaration: CommandDeclaration<A, O>,
): Command {
  // The parser fills the context from this declaration, so the names and kinds that `run` expects are there.
  return declaration as unknown as Command;
}
