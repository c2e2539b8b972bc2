import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import * as z from 'zod';
import type { AgentUsage } from './agent.js';
import { classifyFailure } from './classify-failure.js';
import type { CommandLineProtocol, Invocation, OutputReader, RunSetup } from './command-line-protocol.js';
import { getOpenaiBaseUrl } from './openai-endpoint.js';
import { parseJsonLine } from './parse-json-line.js';
import { readCodexUsage } from './read-codex-usage.js';
import type { RunLog } from './run-log.js';
import { subtractTotals, writeTotals } from './session-totals.js';

const keys = ['CODEX_API_KEY', 'OPENAI_API_KEY'] as const;

/** OpenAI's `codex exec`, with a stream of JSON lines. */
export const codex: CommandLineProtocol = {
  name: 'codex',
  origin: 'built-in',
  program: 'codex',
  minimumVersion: '0.169.0',
  keys,
  variables: ['OPENAI_BASE_URL'],
  modelVariable: 'OPENAI_MODEL',
  defaultModel: null,
  reportsCost: false,
  prepare: async (setup) => {
    await mkdir(codexHome(setup), { recursive: true });
    await writeFile(join(codexHome(setup), 'config.toml'), describeCodexConfig(setup));
    return invokeCodex(setup);
  },
  createReader: (setup, log) => new CodexReader(setup, log),
};

const codexHome = ({ directories }: RunSetup): string => join(directories.home, '.codex');

/**
 * Builds the command. Turns off Codex's own sandbox: nested bubblewrap does not start on every machine, and Berth's
 * sandbox works wherever Codex's does.
 */
export function invokeCodex(setup: RunSetup): Invocation {
  const { request, model } = setup;
  const argv = [
    'exec',
    ...(request.session === null ? [] : ['resume', request.session]),
    '--json',
    '--skip-git-repo-check',
    '--dangerously-bypass-approvals-and-sandbox',
    '--disable',
    'plugins',
    '--disable',
    'unbounded_connection_retries',
    ...(model === null ? [] : ['-m', model]),
    '-',
  ];
  return { argv, input: request.prompt, env: { CODEX_HOME: codexHome(setup) } };
}

/** Configures the endpoint with bounded retries, ignores the repository's instructions, hides the key from commands. */
export function describeCodexConfig({ variables }: RunSetup): string {
  return stringify({
    model_provider: 'berth',
    check_for_update_on_startup: false,
    project_doc_max_bytes: 0,
    shell_environment_policy: { exclude: [...keys] },
    model_providers: {
      berth: {
        name: 'berth',
        base_url: getOpenaiBaseUrl(variables),
        wire_api: 'responses',
        env_key: keys.find((key) => variables[key]) ?? keys[1],
        request_max_retries: 2,
        stream_max_retries: 2,
        stream_idle_timeout_ms: 120_000,
      },
    },
  });
}

const Item = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  command: z.string().optional(),
  message: z.string().optional(),
  changes: z.array(z.looseObject({ path: z.string() })).optional(),
});
type Item = z.infer<typeof Item>;

const Line = z.looseObject({
  type: z.string(),
  thread_id: z.string().optional(),
  item: Item.optional(),
  usage: z.looseObject({ input_tokens: z.number(), output_tokens: z.number() }).optional(),
  message: z.string().optional(),
  error: z.looseObject({ message: z.string() }).optional(),
});

class CodexReader implements OutputReader {
  private readonly setup: RunSetup;
  private readonly log: RunLog;
  private total: AgentUsage | null = null;

  constructor(setup: RunSetup, log: RunLog) {
    this.setup = setup;
    this.log = log;
  }

  readLine(text: string, stream: 'stdout' | 'stderr'): void {
    const log = this.log;
    if (stream === 'stderr') {
      if (/no rollout found|thread\/resume failed|invalid session id/i.test(text)) {
        log.fail({ reason: 'session-lost', text, retryAfterSeconds: null });
      }
      return;
    }
    const line = parseJsonLine(Line, text);
    if (line === null) return;
    if (line.type === 'error') log.emitEvent('retry', line.message ?? '');
    else log.activityCount += 1;
    if (line.thread_id !== undefined) log.beginSession(line.thread_id);
    if (line.type === 'item.started' && line.item?.type === 'command_execution')
      log.emitEvent('run', line.item.command ?? '');
    if (line.type === 'item.completed' && line.item !== undefined) this.readItem(line.item);
    if (line.type === 'turn.failed') log.fail(describeFailure(line.error?.message ?? ''));
    if (line.type === 'turn.completed' && line.usage !== undefined) {
      log.isFinished = true;
      this.total = { inputTokens: line.usage.input_tokens, outputTokens: line.usage.output_tokens };
    }
  }

  /** Reads the usage from Codex's session file, which has it after each reply. The output has it only at the end. */
  async poll(): Promise<void> {
    const { session } = this.log;
    const total = session === null ? null : await readCodexUsage(codexHome(this.setup), session);
    if (total !== null) this.total = total;
    await this.updateUsage();
  }

  /** Reads the usage once more, because the output of a stopped run does not contain it. */
  async finish(): Promise<void> {
    await this.poll();
    const { session } = this.log;
    if (this.total === null || session === null) return;
    await writeTotals(this.setup.request.stateDirectory, session, { ...this.total, cost: 0 });
  }

  /** Subtracts earlier runs, because Codex reports the sum for the thread. */
  private async updateUsage(): Promise<void> {
    const { session } = this.log;
    if (this.total === null || session === null) return;
    this.log.setUsage(await subtractTotals(this.setup.request.stateDirectory, session, this.total));
  }

  /** Counts items as turns, because Codex does not report replies. */
  private readItem(item: Item): void {
    if (/^(agent_message|command_execution|file_change|mcp_tool_call|web_search)$/.test(item.type)) this.log.turns += 1;
    if (item.type === 'agent_message') this.log.recordMessage(item.text ?? '');
    if (item.type === 'file_change')
      this.log.emitEvent('edit', (item.changes ?? []).map(({ path }) => path).join('\n'));
  }
}

/** Classifies a failure by the HTTP status in Codex's message, which contains the provider's answer. */
function describeFailure(text: string) {
  const status = /\bstatus:? (\d{3})\b/.exec(text)?.[1];
  return classifyFailure(text, status === undefined ? null : Number(status));
}
