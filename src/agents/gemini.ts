import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { AgentEvent } from './agent.js';
import { classifyFailure } from './classify-failure.js';
import type { CommandLineProtocol, Invocation, Reader, Setup } from './command-line-protocol.js';
import type { ContainedEnd } from './contained-process.js';
import { blankDotEnv } from './dot-env.js';
import { parseJsonLine } from './parse-json-line.js';
import type { RunLog } from './run-log.js';

const exitCodes = { unauthorised: 41, sessionLost: 42, turns: 53 } as const;

const exitWords = {
  unauthorised: 'it refuses to start without a valid key',
  'session-lost': 'the session is not known to it',
  turns: 'its limit of turns is reached',
} as const;

/** Google's `gemini`, with a stream of JSON lines. */
export const gemini: CommandLineProtocol = {
  name: 'gemini',
  origin: 'built-in',
  program: 'gemini',
  minimumVersion: '0.61.0',
  keys: ['GEMINI_API_KEY'],
  variables: ['GOOGLE_GEMINI_BASE_URL'],
  modelVariable: 'GEMINI_MODEL',
  defaultModel: null,
  reportsCost: false,
  prepare: async (setup) => {
    const directory = join(setup.places.home, '.gemini');
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'settings.json'), JSON.stringify(describeGeminiSettings(setup)));
    const blank = await blankDotEnv(setup.request.workspace);
    const invocation = invokeGemini(setup);
    const veiled = await findInstructions(setup.request.workspace);
    return { ...invocation, veiled, env: { ...blank, ...setup.variables, ...invocation.env } };
  },
  createReader: (setup, log) => new GeminiReader(setup, log),
};

/** Trust is given by a flag, under which the repository's own settings stay unread. */
export function invokeGemini({ request, model, newSession, places, variables }: Setup): Invocation {
  const argv = [
    ...['--output-format', 'stream-json', '--yolo', '--skip-trust'],
    ...(model === null ? [] : ['-m', model]),
    ...(request.session === null ? ['--session-id', newSession] : ['--resume', request.session]),
  ];
  const env = {
    GEMINI_CLI_HOME: places.home,
    // As shipped, a launcher runs a second Node and passes no signal on.
    GEMINI_CLI_NO_RELAUNCH: '1',
    // Set in any case: the repository's `.env` must not send the key elsewhere.
    GOOGLE_GEMINI_BASE_URL: variables.GOOGLE_GEMINI_BASE_URL ?? 'https://generativelanguage.googleapis.com',
  };
  return { argv, input: request.prompt, env };
}

export const describeGeminiSettings = ({ request }: Setup): object => ({
  security: { auth: { selectedType: 'gemini-api-key' } },
  model: { maxSessionTurns: request.limits.turns ?? -1 },
  privacy: { usageStatisticsEnabled: false },
  general: { enableAutoUpdate: false, maxAttempts: 3 },
});

/** Its settings can add to the names that it reads as instructions, never take this one away. */
async function findInstructions(workspace: string): Promise<string[]> {
  const entries = await readdir(workspace, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.name === 'GEMINI.md' && entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

const Line = z.looseObject({
  type: z.string(),
  session_id: z.string().optional(),
  role: z.string().optional(),
  content: z.string().optional(),
  delta: z.boolean().optional(),
  tool_name: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  status: z.string().optional(),
  message: z.string().optional(),
  error: z.looseObject({ type: z.string().optional(), message: z.string().optional() }).optional(),
  stats: z.looseObject({ input_tokens: z.number().optional(), output_tokens: z.number().optional() }).optional(),
});
type Line = z.infer<typeof Line>;

class GeminiReader implements Reader {
  readonly #log: RunLog;
  #text = '';

  constructor({ request, newSession }: Setup, log: RunLog) {
    this.#log = log;
    log.beginSession(request.session ?? newSession);
  }

  readLine(text: string, stream: 'stdout' | 'stderr'): void {
    const log = this.#log;
    if (stream === 'stderr') {
      if (/^Attempt \d+ failed/.test(text)) log.note('retry', text);
      return;
    }
    const line = parseJsonLine(Line, text);
    if (line === null) return;
    log.signs += 1;
    if (line.type === 'message' && line.role === 'assistant') this.#text += line.content ?? '';
    if (line.type === 'tool_use') this.#readTool(line);
    if (line.type === 'result') this.#readResult(line);
  }

  conclude({ exitCode }: ContainedEnd): void {
    const { failure } = this.#log;
    if (exitCode === exitCodes.sessionLost) this.#rename('session-lost');
    if (exitCode === exitCodes.turns) this.#rename('turns');
    if (exitCode === exitCodes.unauthorised && failure === null) this.#rename('unauthorised');
  }

  /** The exit code says it more exactly than the words. */
  #rename(reason: 'session-lost' | 'turns' | 'unauthorised'): void {
    const text = this.#log.failure?.text ?? exitWords[reason];
    this.#log.failure = { reason, text, retryAfterSeconds: null };
  }

  #readTool(line: Line): void {
    this.#endText();
    this.#log.turns += 1;
    this.#log.note(...describeTool(line.tool_name ?? '', line.parameters ?? {}));
  }

  #endText(): void {
    if (this.#text.trim() !== '') this.#log.say(this.#text);
    this.#text = '';
  }

  #readResult({ status, error, stats }: Line): void {
    const log = this.#log;
    if (this.#text.trim() === '') log.message = '';
    else log.turns += 1;
    this.#endText();
    log.isOver = true;
    log.addUsage(stats?.input_tokens ?? 0, stats?.output_tokens ?? 0);
    if (status !== 'success') log.fail(classifyFailure(error?.message ?? 'it failed without a word'));
  }
}

function describeTool(tool: string, parameters: Record<string, unknown>): [AgentEvent['kind'], string] {
  const path = String(parameters.file_path ?? parameters.path ?? parameters.dir_path ?? parameters.pattern ?? '');
  if (tool === 'run_shell_command') return ['run', String(parameters.command ?? '')];
  if (/^(write_file|replace|edit)$/.test(tool)) return ['edit', path];
  return /^(read_file|read_many_files|list_directory|glob|search_file_content|grep_search)$/.test(tool)
    ? ['read', path]
    : ['other', tool];
}
