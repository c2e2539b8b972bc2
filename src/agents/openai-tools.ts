import * as z from 'zod';
import type { AgentEvent } from './agent.js';
import { FileRefusal, type WorkspaceFiles } from './workspace-files.js';

/** Workspace access of a tool. */
export interface ToolContext {
  files: WorkspaceFiles;
  /** Runs a contained shell command in the workspace; resolves with its exit code and output. */
  runCommand: (command: string, timeoutSeconds: number) => Promise<string>;
  note: (kind: AgentEvent['kind'], text: string) => void;
}

interface Tool<Input extends z.ZodObject = z.ZodObject> {
  description: string;
  input: Input;
  use(input: z.infer<Input>, context: ToolContext): Promise<string>;
}

const maxOutputLength = 16_000;

const defineTool = <Input extends z.ZodObject>(tool: Tool<Input>): Tool => tool as unknown as Tool; // useTool parses the input with the same schema

const path = z.string().describe('relative to the workspace');

const tools: Record<string, Tool> = {
  list_files: defineTool({
    description: 'Lists the files of the workspace or of one of its directories.',
    input: z.object({ path: path.default('.') }),
    use: async (input, { files, note }) => {
      note('read', input.path);
      return (await files.list(input.path)).join('\n') || '(no files)';
    },
  }),
  read_file: defineTool({
    description: 'Reads lines of a text file.',
    input: z.object({ path, from_line: z.int().min(1).default(1), lines: z.int().min(1).default(500) }),
    use: async (input, { files, note }) => {
      note('read', input.path);
      const all = (await files.read(input.path)).split('\n');
      const part = all.slice(input.from_line - 1, input.from_line - 1 + input.lines);
      const rest = all.length - (input.from_line - 1 + part.length);
      return part.join('\n') + (rest > 0 ? `\n(${rest} more lines)` : '');
    },
  }),
  search: defineTool({
    description: 'Finds lines that match a JavaScript regular expression.',
    input: z.object({ pattern: z.string(), path: path.default('.') }),
    use: async (input, { files, note }) => {
      note('read', `${input.pattern} in ${input.path}`);
      return (await files.search(input.pattern, input.path)).join('\n') || '(no matches)';
    },
  }),
  write_file: defineTool({
    description: 'Writes a complete file. Creates missing directories.',
    input: z.object({ path, content: z.string() }),
    use: async (input, { files, note }) => {
      note('edit', input.path);
      await files.write(input.path, input.content);
      return 'written';
    },
  }),
  edit_file: defineTool({
    description: 'Replaces text that occurs exactly once in a file.',
    input: z.object({ path, before: z.string(), after: z.string() }),
    use: async (input, { files, note }) => {
      note('edit', input.path);
      await files.replace(input.path, input.before, input.after);
      return 'replaced';
    },
  }),
  run_command: defineTool({
    description: 'Runs a shell command in the workspace. Its background processes end with it.',
    input: z.object({ command: z.string(), timeout_seconds: z.number().positive().max(1800).default(300) }),
    use: (input, { runCommand, note }) => {
      note('run', input.command);
      return runCommand(input.command, input.timeout_seconds);
    },
  }),
};

/** Definitions of the tools as functions of the OpenAI protocol. */
export const toolDefinitions = Object.entries(tools).map(([name, { description, input }]) => {
  const { $schema: _, ...parameters } = z.toJSONSchema(input, { io: 'input' });
  return { type: 'function' as const, function: { name, description, parameters } };
});

/** Runs a tool call. Errors that the model can fix are answers to the model, not exceptions. */
export async function useTool(name: string, inputText: string, context: ToolContext): Promise<string> {
  const tool = tools[name];
  if (tool === undefined) return `error: unknown tool ${name}; use one of ${Object.keys(tools).join(', ')}`;
  try {
    const parsed = tool.input.safeParse(JSON.parse(inputText || '{}'));
    if (!parsed.success) return `error: ${z.prettifyError(parsed.error)}`;
    return truncateOutput(await tool.use(parsed.data, context));
  } catch (error) {
    if (error instanceof SyntaxError) return `error: the arguments are not JSON: ${error.message}`;
    if (error instanceof FileRefusal || isSystemError(error)) return `error: ${error.message}`;
    throw error;
  }
}

/** Recognizes system errors of Node.js by their property `syscall`. */
const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  typeof error === 'object' && error !== null && 'syscall' in error;

/** Keeps the beginning and the end of long output. */
function truncateOutput(text: string): string {
  if (text.length <= maxOutputLength) return text;
  const half = maxOutputLength / 2;
  return `${text.slice(0, half)}\n… (${text.length - maxOutputLength} characters omitted) …\n${text.slice(-half)}`;
}
