import type { Command, CommandContext } from './command.js';

export interface HelpInvocation {
  kind: 'help';
  text: string;
  /** False when help is shown because the command is missing. */
  isRequested: boolean;
}

export interface CommandInvocation extends Pick<CommandContext, 'arguments' | 'options'> {
  kind: 'command';
  command: Command;
}

/** A parsed command line. */
export type Invocation = HelpInvocation | CommandInvocation;
