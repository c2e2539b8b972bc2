import type { Command, CommandContext } from './command.js';

export interface HelpInvocation {
  kind: 'help';
  text: string;
  /** False where there was no command, so that help is all that can be said. */
  isRequested: boolean;
}

export interface CommandInvocation extends Pick<CommandContext, 'arguments' | 'options'> {
  kind: 'command';
  command: Command;
}

/** What the user typed, understood. */
export type Invocation = HelpInvocation | CommandInvocation;
