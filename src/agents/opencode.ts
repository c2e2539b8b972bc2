import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { AgentEvent } from './agent.js';
import { classifyFailure } from './classify-failure.js';
import type { CommandLineProtocol, Invocation, OutputReader, RunSetup } from './command-line-protocol.js';
import { defaultOpenaiModel, getOpenaiBaseUrl } from './openai-endpoint.js';
import { parseJsonLine } from './parse-json-line.js';
import type { RunLog } from './run-log.js';

/** `opencode run` with a stream of JSON lines, with any endpoint that speaks the OpenAI protocol. */
export const opencode: CommandLineProtocol = {
  name: 'opencode',
  origin: 'built-in',
  program: 'opencode',
  minimumVersion: '1.18.33',
  keys: ['OPENAI_API_KEY'],
  variables: ['OPENAI_BASE_URL'],
  modelVariable: 'OPENAI_MODEL',
  defaultModel: defaultOpenaiModel,
  reportsCost: false,
  prepare: async (setup) => {
    await preventInstall(xdgDirectories(setup).XDG_CONFIG_HOME);
    const masked = configurationFiles.map((name) => join(setup.request.workspace, name)).filter(existsSync);
    return { ...invokeOpencode(setup), masked };
  },
  createReader: (setup, log) => new OpencodeReader(setup, log),
};

/** Files to hide from opencode, which runs their plugins despite all flags (1.18.33, even with `--pure`). */
const configurationFiles = ['.opencode', 'opencode.json', 'opencode.jsonc'];

const xdgDirectories = ({ directories }: RunSetup) => ({
  XDG_CONFIG_HOME: join(directories.home, '.config'),
  XDG_DATA_HOME: join(directories.home, '.local', 'share'),
  XDG_STATE_HOME: join(directories.home, '.local', 'state'),
  XDG_CACHE_HOME: join(directories.home, '.cache'),
});

/** Writes a lock file that names opencode's plugin package; otherwise it would fetch that package at every start. */
async function preventInstall(configHome: string): Promise<void> {
  await mkdir(join(configHome, 'opencode', 'node_modules'), { recursive: true });
  const lock = { packages: { '': { dependencies: { '@opencode-ai/plugin': '*' } } } };
  await writeFile(join(configHome, 'opencode', 'package-lock.json'), JSON.stringify(lock));
}

/** Builds the command. Configures opencode only by the environment; it does not read the repository's configuration. */
export function invokeOpencode(setup: RunSetup): Invocation {
  const { request } = setup;
  const argv = [
    'run',
    '--format',
    'json',
    ...(request.session ? ['--session', request.session] : ['--title', 'adapt']),
  ];
  const env = {
    ...xdgDirectories(setup),
    OPENCODE_CONFIG_CONTENT: JSON.stringify(describeOpencodeConfig(setup)),
    OPENCODE_DISABLE_MODELS_FETCH: '1',
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
    OPENCODE_DISABLE_PROJECT_CONFIG: '1',
    OPENCODE_DISABLE_CLAUDE_CODE: '1',
    OPENCODE_PURE: '1',
  };
  return { argv, input: request.prompt, env };
}

export function describeOpencodeConfig({ model, prices, variables, isSandboxed }: RunSetup): object {
  const name = model ?? defaultOpenaiModel;
  const options = { baseURL: getOpenaiBaseUrl(variables), apiKey: '{env:OPENAI_API_KEY}' };
  const timeouts = { headerTimeout: 120_000, chunkTimeout: 120_000 };
  const cost = { input: prices?.input ?? 0, output: prices?.output ?? 0 };
  const described = { name, cost, limit: { context: 128_000, output: 16_000 } };
  const berth = {
    name: 'berth',
    npm: '@ai-sdk/openai-compatible',
    options: { ...options, ...timeouts },
    models: { [name]: described },
  };
  // `ask` would end the run, because there is no one to answer. The sandbox prevents changes outside of the workspace.
  const permission = { external_directory: isSandboxed ? 'allow' : 'deny' };
  return { model: `berth/${name}`, share: 'disabled', autoupdate: false, permission, provider: { berth } };
}

const Line = z.looseObject({
  type: z.string(),
  sessionID: z.string().optional(),
  part: z
    .looseObject({
      text: z.string().optional(),
      messageID: z.string().optional(),
      tool: z.string().optional(),
      state: z.looseObject({ input: z.record(z.string(), z.unknown()).optional() }).optional(),
      tokens: z
        .looseObject({
          input: z.number().default(0),
          output: z.number().default(0),
          reasoning: z.number().default(0),
          cache: z.looseObject({ read: z.number().default(0), write: z.number().default(0) }).optional(),
        })
        .optional(),
    })
    .optional(),
  error: z
    .looseObject({
      name: z.string().optional(),
      data: z.looseObject({ message: z.string().optional(), statusCode: z.number().optional() }).optional(),
    })
    .optional(),
});
type Line = z.infer<typeof Line>;

class OpencodeReader implements OutputReader {
  private readonly log: RunLog;
  private messageId: string | undefined;

  constructor({ request }: RunSetup, log: RunLog) {
    this.log = log;
    if (request.session !== null) log.session = request.session;
  }

  readLine(text: string, stream: 'stdout' | 'stderr'): void {
    const log = this.log;
    if (/session not found/i.test(text)) log.fail({ reason: 'session-lost', text, retryAfterSeconds: null });
    const line = stream === 'stdout' ? parseJsonLine(Line, text) : null;
    if (line === null) return;
    log.activityCount += 1;
    if (line.sessionID !== undefined) log.beginSession(line.sessionID);
    if (line.type === 'step_start') log.turns += 1;
    if (line.type === 'tool_use') log.emitEvent(...describeTool(line.part?.tool ?? '', line.part?.state?.input ?? {}));
    if (line.type === 'text') this.readText(line);
    if (line.type === 'step_finish') this.readStep(line);
    if (line.type === 'error') {
      const message = line.error?.data?.message ?? line.error?.name ?? text;
      log.fail(classifyFailure(message, line.error?.data?.statusCode));
    }
  }

  /** Joins the texts of one message, so that the final message is complete. */
  private readText({ part }: Line): void {
    const isMore = part?.messageID === this.messageId;
    this.messageId = part?.messageID;
    const text = part?.text ?? '';
    const previous = this.log.message;
    this.log.recordMessage(text);
    if (isMore) this.log.message = previous + text;
  }

  private readStep({ part }: Line): void {
    const tokens = part?.tokens;
    if (tokens === undefined) return;
    const cached = (tokens.cache?.read ?? 0) + (tokens.cache?.write ?? 0);
    this.log.addUsage(tokens.input + cached, tokens.output + tokens.reasoning);
  }
}

function describeTool(tool: string, input: Record<string, unknown>): [AgentEvent['kind'], string] {
  const path = String(input.filePath ?? input.path ?? input.pattern ?? '');
  if (tool === 'bash') return ['run', String(input.command ?? '')];
  if (/^(write|edit|patch|apply_patch)$/.test(tool)) return ['edit', path];
  return /^(read|glob|grep|list)$/.test(tool) ? ['read', path] : ['other', tool];
}
