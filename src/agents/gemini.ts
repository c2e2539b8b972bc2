import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { AgentEvent, AgentUsage } from './agent.js';
import { blankDotEnv } from './blank-dot-env.js';
import { classifyFailure } from './classify-failure.js';
import type { CommandLineProtocol, Invocation, OutputReader, RunSetup } from './command-line-protocol.js';
import type { ContainedExit } from './contained-process.js';
import { parseJsonLine } from './parse-json-line.js';
import { readGeminiUsage } from './read-gemini-usage.js';
import type { RunLog } from './run-log.js';
import { subtractTotals, writeTotals } from './session-totals.js';

const exitCodes = { unauthorized: 41, sessionLost: 42, turns: 53 } as const;

const exitMessages = {
  unauthorized: 'gemini does not start without a valid key',
  'session-lost': 'gemini does not know the session',
  turns: 'gemini reached its limit of turns',
} as const;

/** Google's `gemini` CLI, with a stream of JSON lines. */
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
    const directory = geminiHome(setup);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'settings.json'), JSON.stringify(describeGeminiSettings(setup)));
    const blank = await blankDotEnv(setup.request.workspace);
    const invocation = invokeGemini(setup);
    const maskedInstructions = await findInstructionFiles(setup.request.workspace);
    return { ...invocation, maskedInstructions, env: { ...blank, ...setup.variables, ...invocation.env } };
  },
  createReader: (setup, log) => new GeminiReader(setup, log),
};

const geminiHome = ({ directories }: RunSetup): string => join(directories.home, '.gemini');

/** Builds the command. Its trust flag keeps Gemini from reading the repository's settings. */
export function invokeGemini({ request, model, newSession, directories, variables }: RunSetup): Invocation {
  const argv = [
    '--output-format',
    'stream-json',
    '--yolo',
    '--skip-trust',
    ...(model === null ? [] : ['-m', model]),
    ...(request.session === null ? ['--session-id', newSession] : ['--resume', request.session]),
  ];
  const env = {
    GEMINI_CLI_HOME: directories.home,
    // By default a launcher starts a second Node.js and forwards no signals.
    GEMINI_CLI_NO_RELAUNCH: '1',
    // Always set, so that the repository's `.env` cannot send the key to another server.
    GOOGLE_GEMINI_BASE_URL: variables.GOOGLE_GEMINI_BASE_URL ?? 'https://generativelanguage.googleapis.com',
  };
  return { argv, input: request.prompt, env };
}

export const describeGeminiSettings = ({ request }: RunSetup): object => ({
  security: { auth: { selectedType: 'gemini-api-key' } },
  model: { maxSessionTurns: request.limits.turns ?? -1 },
  privacy: { usageStatisticsEnabled: false },
  general: { enableAutoUpdate: false, maxAttempts: 3 },
});

/** Finds all files `GEMINI.md`: settings can add names of instruction files, but cannot remove this one. */
async function findInstructionFiles(workspace: string): Promise<string[]> {
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
});
type Line = z.infer<typeof Line>;

class GeminiReader implements OutputReader {
  private readonly log: RunLog;
  private readonly setup: RunSetup;
  private text = '';
  private total: AgentUsage | null = null;

  constructor(setup: RunSetup, log: RunLog) {
    this.setup = setup;
    this.log = log;
    log.beginSession(setup.request.session ?? setup.newSession);
  }

  readLine(text: string, stream: 'stdout' | 'stderr'): void {
    const log = this.log;
    if (stream === 'stderr') {
      if (/^Attempt \d+ failed/.test(text)) log.emitEvent('retry', text);
      return;
    }
    const line = parseJsonLine(Line, text);
    if (line === null) return;
    log.activityCount += 1;
    if (line.type === 'message' && line.role === 'assistant') this.text += line.content ?? '';
    if (line.type === 'tool_use') this.readTool(line);
    if (line.type === 'result') this.readResult(line);
  }

  /** Reads the usage from Gemini's session file, which has it after each reply. The output has it only at the end. */
  async poll(): Promise<void> {
    const { session } = this.log;
    if (session === null) return;
    this.total = await readGeminiUsage(geminiHome(this.setup), session);
    if (this.total === null) return;
    this.log.setUsage(await subtractTotals(this.setup.request.stateDirectory, session, this.total));
  }

  async finish({ exitCode }: ContainedExit): Promise<void> {
    const { failure, session } = this.log;
    await this.poll();
    if (this.total !== null && session !== null) {
      await writeTotals(this.setup.request.stateDirectory, session, { ...this.total, cost: 0 });
    }
    if (exitCode === exitCodes.sessionLost) this.setFailureReason('session-lost');
    if (exitCode === exitCodes.turns) this.setFailureReason('turns');
    if (exitCode === exitCodes.unauthorized && failure === null) this.setFailureReason('unauthorized');
  }

  /** Overrides the reason, because the exit code is more precise than the text. */
  private setFailureReason(reason: 'session-lost' | 'turns' | 'unauthorized'): void {
    const text = this.log.failure?.text ?? exitMessages[reason];
    this.log.failure = { reason, text, retryAfterSeconds: null };
  }

  private readTool(line: Line): void {
    this.endText();
    this.log.turns += 1;
    this.log.emitEvent(...describeTool(line.tool_name ?? '', line.parameters ?? {}));
  }

  private endText(): void {
    if (this.text.trim() !== '') this.log.recordMessage(this.text);
    this.text = '';
  }

  private readResult({ status, error }: Line): void {
    const log = this.log;
    if (this.text.trim() === '') log.message = '';
    else log.turns += 1;
    this.endText();
    log.isFinished = true;
    if (status !== 'success') log.fail(classifyFailure(error?.message ?? 'the agent failed without a message'));
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
