import type { Output } from './output.js';

/**
 * What an option holds once parsed: `flag` a boolean, `list` every occurrence in order, `number` a number and `count` a
 * whole number, both greater than 0; `amount` a number that may be 0.
 */
export type OptionKind = keyof ValueOfKind;

export interface OptionDeclaration {
  /** As commander writes them: `-f, --follow`, `--env <NAME[=VALUE]>`, `--no-wait`. */
  flags: string;
  kind: OptionKind;
  /** What an option means that stands without its optional value. */
  preset?: string;
  summary: string;
}

export interface ArgumentDeclaration {
  /** As the usage line shows it: `NAME`, `JSON|@FILE|-`. */
  label: string;
  isRequired: boolean;
  summary: string;
  /** Refuses a value by throwing, before the command runs. */
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

/** What a running command gets: its values, where its words go, and when to stop waiting. */
export interface CommandContext<A = Record<string, string | undefined>, O = Record<string, unknown>> {
  arguments: A;
  options: O;
  output: Output;
  /** Aborts at Ctrl-C. */
  signal: AbortSignal;
}

/** Exit code; nothing means 0. Every failure is thrown as a BerthError. */
export type CommandResult = Promise<number | undefined> | Promise<void>;

/**
 * A command as data: what the parser and the help page need, and the function that does it. One file per command; its
 * `run` has heavy rooms (factory, stack, anything with zod or Temporal) by `await import()`, so that help costs nothing.
 */
export interface CommandDeclaration<
  A extends ArgumentDeclarations = ArgumentDeclarations,
  O extends OptionDeclarations = OptionDeclarations,
> {
  name: string;
  /** One line, for the list of commands. */
  summary: string;
  /** In the order in which they are given. */
  arguments: A;
  options: O;
  /** Command lines for the help page. */
  examples?: string[];
  /** After Ctrl-C it ends what it must, however long that takes; the others are ended after a second. */
  handlesInterruption?: boolean;
  run(context: CommandContext<ArgumentValues<A>, OptionValues<O>>): CommandResult;
}

/** A command whose own types are forgotten, as the parser holds it. */
export interface Command extends Omit<CommandDeclaration, 'run'> {
  run(context: CommandContext): CommandResult;
}

/** Commands under one word: `schedule create`, `schedule list`, … */
export interface CommandFamily {
  name: string;
  summary: string;
  commands: Command[];
}

/** Declares a command; what `run` is given is typed by the declared arguments and options. */
export function defineCommand<const A extends ArgumentDeclarations, const O extends OptionDeclarations>(
  declaration: CommandDeclaration<A, O>,
): Command {
  // The parser fills the context from this same declaration: the names and kinds that `run` expects are there.
  return declaration as unknown as Command;
}
