import * as z from 'zod';
import type { AgentEvent } from './agent.js';
import { classifyFailure } from './classify-failure.js';
import type { CommandLineProtocol, Invocation, OutputReader, RunSetup } from './command-line-protocol.js';
import type { StopCause } from './contained-process.js';
import { parseJsonLine } from './parse-json-line.js';
import type { RunLog } from './run-log.js';
import { readTotals, writeTotals } from './session-totals.js';

/** Anthropic's `claude` in print mode, with a stream of JSON lines. */
export const claudeCode: CommandLineProtocol = {
  name: 'claude-code',
  origin: 'built-in',
  program: 'claude',
  minimumVersion: '2.1.197',
  keys: ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN'],
  variables: ['ANTHROPIC_BASE_URL'],
  modelVariable: 'ANTHROPIC_MODEL',
  defaultModel: null,
  reportsCost: true,
  prepare: async (setup) => invokeClaude(setup),
  createReader: (setup, log, stop) => new ClaudeReader(setup, log, stop),
};

/**
 * Builds the command. It reads only the user's settings, and the agent's home has none, so the repository's hooks,
 * servers and instructions have no effect.
 */
export function invokeClaude({ request, model, newSession, directories }: RunSetup): Invocation {
  const { turns, dollars } = request.limits;
  const argv = [
    '-p',
    '--output-format',
    'stream-json',
    '--verbose',
    '--dangerously-skip-permissions',
    '--setting-sources',
    'user',
    '--strict-mcp-config',
    ...(turns === undefined ? [] : ['--max-turns', String(turns)]),
    ...(dollars === undefined ? [] : ['--max-budget-usd', String(dollars)]),
    ...(model === null ? [] : ['--model', model]),
    ...(request.session === null ? ['--session-id', newSession] : ['--resume', request.session]),
  ];
  const env = {
    CLAUDE_CONFIG_DIR: `${directories.home}/.claude`,
    CLAUDE_CODE_MAX_RETRIES: '2',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    DISABLE_TELEMETRY: '1',
    // Otherwise `claude` refuses to skip permissions as root.
    IS_SANDBOX: '1',
  };
  return { argv, input: request.prompt, env };
}

const Usage = z.object({
  input_tokens: z.number().default(0),
  output_tokens: z.number().default(0),
  cache_creation_input_tokens: z.number().nullish(),
  cache_read_input_tokens: z.number().nullish(),
});

const Block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  name: z.string().optional(),
  input: z.record(z.string(), z.unknown()).optional(),
});

const Line = z.looseObject({
  type: z.string(),
  subtype: z.string().optional(),
  session_id: z.string().optional(),
  attempt: z.number().optional(),
  error_status: z.number().nullish(),
  retry_delay_ms: z.number().nullish(),
  message: z.looseObject({ id: z.string().optional(), content: z.unknown(), usage: Usage.optional() }).optional(),
  is_error: z.boolean().optional(),
  api_error_status: z.number().nullish(),
  result: z.string().optional(),
  errors: z.array(z.unknown()).optional(),
  total_cost_usd: z.number().optional(),
  num_turns: z.number().optional(),
  usage: Usage.optional(),
  modelUsage: z
    .record(z.string(), z.looseObject({ inputTokens: z.number().default(0), outputTokens: z.number().default(0) }))
    .optional(),
});
type Line = z.infer<typeof Line>;

class ClaudeReader implements OutputReader {
  private readonly setup: RunSetup;
  private readonly log: RunLog;
  private readonly stop: (cause: StopCause) => void;
  private lastMessage: string | undefined;
  private end: Line | null = null;
  private retryAfterSeconds: number | null = null;

  constructor(setup: RunSetup, log: RunLog, stop: (cause: StopCause) => void) {
    this.setup = setup;
    this.log = log;
    this.stop = stop;
    log.beginSession(setup.request.session ?? setup.newSession);
  }

  readLine(text: string, stream: 'stdout' | 'stderr'): void {
    if (stream === 'stderr' && text.includes('No conversation found')) {
      this.log.fail({ reason: 'session-lost', text, retryAfterSeconds: null });
    }
    const line = stream === 'stdout' ? parseJsonLine(Line, text) : null;
    if (line === null) return;
    if (line.subtype === 'api_retry') this.readRetry(line);
    else if (line.type === 'assistant' && line.message !== undefined) this.readMessage(line.message);
    else if (line.type === 'result') this.readResult(line);
    else this.log.activityCount += 1;
  }

  async finish(): Promise<void> {
    const line = this.end;
    if (line?.total_cost_usd === undefined || line.session_id === undefined) return;
    this.log.cost = await this.priceRun(line, line.total_cost_usd, line.session_id);
  }

  private readRetry({ attempt, error_status, retry_delay_ms }: Line): void {
    this.log.emitEvent('retry', `attempt ${attempt ?? '?'} failed: ${error_status ?? 'no answer'}`);
    this.retryAfterSeconds = retry_delay_ms ? Math.ceil(retry_delay_ms / 1000) : null;
    if (error_status !== 401 && error_status !== 403) return;
    this.log.fail(classifyFailure(`the provider answered ${error_status}`, error_status));
    this.stop('unauthorized');
  }

  private readMessage(message: NonNullable<Line['message']>): void {
    if (message.id === undefined || message.id !== this.lastMessage) {
      this.log.turns += 1;
      if (message.usage !== undefined) this.log.addUsage(...sumUsage(message.usage));
    }
    this.lastMessage = message.id;
    const blocks = z.array(Block).safeParse(message.content);
    for (const block of blocks.data ?? []) {
      if (block.type === 'text') this.log.recordMessage(block.text ?? '');
      if (block.type === 'tool_use') this.log.emitEvent(...describeTool(block.name ?? '', block.input ?? {}));
    }
  }

  private readResult(line: Line): void {
    const log = this.log;
    this.end = line;
    log.isFinished = true;
    log.activityCount += 1;
    if (line.usage !== undefined) [log.inputTokens, log.outputTokens] = sumUsage(line.usage);
    log.turns = line.num_turns ?? log.turns;
    log.message = line.is_error ? '' : (line.result ?? '');
    const text =
      line.result ?? (line.errors?.map(String).join('\n') || line.subtype || 'the agent failed without a message');
    if (line.subtype === 'error_max_turns') log.fail({ reason: 'turns', text, retryAfterSeconds: null });
    else if (line.subtype === 'error_max_budget_usd') log.fail({ reason: 'budget', text, retryAfterSeconds: null });
    else if (text.includes('No conversation found'))
      log.fail({ reason: 'session-lost', text, retryAfterSeconds: null });
    else if (line.is_error) log.fail(classifyFailure(text, line.api_error_status, this.retryAfterSeconds));
  }

  /**
   * Returns the cost of this run. Older versions report the run, newer ones the session; the token counts show which.
   */
  private async priceRun({ usage, modelUsage }: Line, total: number, session: string): Promise<number> {
    const { stateDirectory } = this.setup.request;
    const previous = await readTotals(stateDirectory, session);
    const models = Object.values(modelUsage ?? {});
    if (models.length === 0) return total;
    const outputTokens = models.reduce((sum, model) => sum + model.outputTokens, 0);
    const inputTokens = models.reduce((sum, model) => sum + model.inputTokens, 0);
    const countsSession =
      previous.outputTokens > 0 && outputTokens >= previous.outputTokens + (usage?.output_tokens ?? 0);
    await writeTotals(stateDirectory, session, { inputTokens, outputTokens, cost: total });
    return countsSession ? Math.max(0, total - previous.cost) : total;
  }
}

const sumUsage = (usage: z.infer<typeof Usage>): [number, number] => [
  usage.input_tokens + (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0),
  usage.output_tokens,
];

function describeTool(name: string, input: Record<string, unknown>): [AgentEvent['kind'], string] {
  const path = String(input.file_path ?? input.path ?? input.pattern ?? '');
  if (name === 'Bash') return ['run', String(input.command ?? '')];
  if (/^(Write|Edit|MultiEdit|NotebookEdit)$/.test(name)) return ['edit', path];
  return /^(Read|Glob|Grep|LS)$/.test(name) ? ['read', path] : ['other', name];
}
