/** One reply of a scripted model: what an agent gets to hear, whatever wire format it speaks. */
export type Turn =
  | { kind: 'say'; text: string }
  | { kind: 'write'; path: string; content: string }
  | { kind: 'run'; command: string }
  | { kind: 'refuse'; status: number; retryAfter?: number }
  | { kind: 'hang' };

/** Text; ends the agent's run. */
export const say = (text: string): Turn => ({ kind: 'say', text });

/** A call of the agent's own tool that writes a file. */
export const write = (path: string, content: string): Turn => ({ kind: 'write', path, content });

/** A call of the agent's own tool that runs a command. */
export const run = (command: string): Turn => ({ kind: 'run', command });

/** An HTTP status in place of a reply; `retryAfter` in seconds. */
export const refuse = (status: number, retryAfter?: number): Turn => ({
  kind: 'refuse',
  status,
  ...(retryAfter !== undefined && { retryAfter }),
});

/** Silence until the endpoint closes. */
export const hang = (): Turn => ({ kind: 'hang' });

/** What each reply is said to have cost. */
export const tokensPerReply = { input: 1000, output: 100 };

/** The same write as a shell command, for agents without a tool for files. */
export const writeByShell = ({ path, content }: { path: string; content: string }): string =>
  `cat > '${path}' <<'END_OF_FILE'\n${content.replace(/\n$/, '')}\nEND_OF_FILE`;
