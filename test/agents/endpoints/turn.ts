/** One reply of a scripted model, in any wire format. */
export type Turn =
  | { kind: 'say'; text: string }
  | { kind: 'write'; path: string; content: string }
  | { kind: 'run'; command: string }
  | { kind: 'refuse'; status: number; retryAfter?: number }
  | { kind: 'hang' };

/** Replies with text, which ends the agent's run. */
export const say = (text: string): Turn => ({ kind: 'say', text });

/** Calls the agent's own tool for writing a file. */
export const write = (path: string, content: string): Turn => ({ kind: 'write', path, content });

/** Calls the agent's own tool for running a command. */
export const run = (command: string): Turn => ({ kind: 'run', command });

/** Replies with an HTTP status; `retryAfter` in seconds. */
export const refuse = (status: number, retryAfter?: number): Turn => ({
  kind: 'refuse',
  status,
  ...(retryAfter !== undefined && { retryAfter }),
});

/** Sends nothing until the endpoint closes. */
export const hang = (): Turn => ({ kind: 'hang' });

/** Tokens that each reply reports. */
export const tokensPerReply = { input: 1000, output: 100 };

/** Writes a file with a shell command, for agents without a tool for files. */
export const writeByShell = ({ path, content }: { path: string; content: string }): string =>
  `cat > '${path}' <<'END_OF_FILE'\n${content.replace(/\n$/, '')}\nEND_OF_FILE`;
