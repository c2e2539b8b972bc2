import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { classifyFailure } from './classify-failure.js';
import type { CommandLineProtocol, Invocation, OutputReader, RunSetup } from './command-line-protocol.js';
import { listAiderFiles } from './list-aider-files.js';
import { defaultOpenaiModel, getOpenaiBaseUrl } from './openai-endpoint.js';
import type { RunLog } from './run-log.js';

/**
 * `aider`, with any endpoint that speaks the OpenAI protocol. It has no loop and runs no commands: its single reply
 * contains the edits as blocks. Its history file is the session.
 */
export const aider: CommandLineProtocol = {
  name: 'aider',
  origin: 'built-in',
  program: 'aider',
  minimumVersion: '0.86.2',
  keys: ['OPENAI_API_KEY'],
  variables: ['OPENAI_BASE_URL'],
  modelVariable: 'OPENAI_MODEL',
  defaultModel: defaultOpenaiModel,
  reportsCost: false,
  prepare: prepareAider,
  createReader: (setup, log) => new AiderReader(setup, log),
};

/** Files to hide from aider, because flags cannot override all of their settings (one of them installs packages). */
const configurationFiles = ['.aider.conf.yml', '.aider.model.settings.yml', '.aider.model.metadata.json', '.env'];

export interface AiderFiles {
  prompt: string;
  metadata: string;
  environment: string;
  history: string;
  inputHistory: string;
}

const historyPath = (setup: RunSetup, session: string): string =>
  join(setup.directories.state, 'aider', `${session}.md`);

const listRunFiles = (setup: RunSetup): AiderFiles => {
  const directory = join(setup.directories.state, 'aider');
  return {
    prompt: join(directory, 'prompt.md'),
    metadata: join(directory, 'models.json'),
    environment: join(directory, 'environment'),
    history: historyPath(setup, setup.request.session ?? setup.newSession),
    inputHistory: join(directory, 'input'),
  };
};

async function prepareAider(setup: RunSetup): Promise<Invocation> {
  const files = listRunFiles(setup);
  const { workspace, prompt } = setup.request;
  await mkdir(join(setup.directories.state, 'aider'), { recursive: true });
  await writeFile(files.prompt, prompt);
  await writeFile(files.metadata, JSON.stringify(describeAiderModel(setup)));
  await writeFile(files.environment, '');
  const masked = configurationFiles.map((name) => join(workspace, name)).filter(existsSync);
  return { ...invokeAider(setup, files, await listAiderFiles(workspace)), masked };
}

export function invokeAider({ request, model, variables }: RunSetup, files: AiderFiles, sources: string[]): Invocation {
  const argv = [
    '--model',
    `openai/${model ?? defaultOpenaiModel}`,
    '--openai-api-base',
    getOpenaiBaseUrl(variables),
    '--message-file',
    files.prompt,
    '--yes-always',
    '--no-git',
    '--map-tokens',
    '0',
    '--timeout',
    '120',
    '--no-check-update',
    '--analytics-disable',
    '--no-show-model-warnings',
    '--no-show-release-notes',
    '--no-detect-urls',
    '--no-pretty',
    '--no-fancy-input',
    '--no-suggest-shell-commands',
    '--no-stream',
    '--no-auto-lint',
    '--no-auto-test',
    '--no-notifications',
    '--no-watch-files',
    '--no-gitignore',
    '--model-metadata-file',
    files.metadata,
    '--env-file',
    files.environment,
    '--chat-history-file',
    files.history,
    '--input-history-file',
    files.inputHistory,
    ...(request.session === null ? [] : ['--restore-chat-history']),
    ...sources.flatMap((path) => ['--file', path]),
  ];
  const env = { LITELLM_LOCAL_MODEL_COST_MAP: 'True', BROWSER: 'true', COLUMNS: '1000', PYTHONDONTWRITEBYTECODE: '1' };
  return { argv, input: '', env };
}

/** Describes the model with the user's prices, if any, so that aider fetches no price list. */
export function describeAiderModel({ model, prices }: RunSetup): object {
  return {
    [`openai/${model ?? defaultOpenaiModel}`]: {
      max_input_tokens: 128_000,
      max_output_tokens: 16_000,
      input_cost_per_token: (prices?.input ?? 0) / 1_000_000,
      output_cost_per_token: (prices?.output ?? 0) / 1_000_000,
      litellm_provider: 'openai',
      mode: 'chat',
    },
  };
}

class AiderReader implements OutputReader {
  private readonly log: RunLog;
  private readonly history: string;
  /** Bytes of the history before this run. */
  private readonly initialSize: Promise<number>;
  private lastError = '';

  constructor(setup: RunSetup, log: RunLog) {
    this.log = log;
    const session = setup.request.session ?? setup.newSession;
    this.history = historyPath(setup, session);
    this.initialSize = stat(this.history)
      .then(({ size }) => size)
      .catch(() => 0);
    if (setup.request.session !== null && !existsSync(this.history)) {
      log.fail({ reason: 'session-lost', text: `session ${session} has no history`, retryAfterSeconds: null });
    }
    log.beginSession(session);
  }

  readLine(text: string): void {
    const log = this.log;
    const tokens = /^Tokens: ([\d.]+)(k?) sent, ([\d.]+)(k?) received/.exec(text);
    if (tokens !== null) {
      log.turns += 1;
      log.addUsage(readCount(tokens[1], tokens[2]), readCount(tokens[3], tokens[4]));
    }
    const edited = /^Applied edit to (.+)$/.exec(text)?.[1];
    if (edited !== undefined) log.emitEvent('edit', edited);
    else if (/^Retrying in [\d.]+ seconds/.test(text)) log.emitEvent('retry', `${text} ${this.lastError}`.trim());
    else if (/^(litellm\.\w+|.*\bAPIError\b)/.test(text)) this.lastError = text;
    else if (tokens === null) log.activityCount += 1;
  }

  /** Reads the reply from the history, because the output wraps it. Aider exits with 0 even after an error. */
  async finish(): Promise<void> {
    const added = (await readFile(this.history).catch(() => Buffer.alloc(0)))
      .subarray(await this.initialSize)
      .toString();
    const reply = readLastReply(added);
    if (reply !== '') this.log.recordMessage(reply);
    else if (this.lastError !== '') this.log.fail(classifyFailure(this.lastError));
  }
}

const readCount = (digits = '0', unit = ''): number => Math.round(Number(digits) * (unit === 'k' ? 1000 : 1));

/** Returns the model's reply to the last prompt. Lines of a prompt start with `#### `, aider's own lines with `> `. */
export function readLastReply(history: string): string {
  const lines = history.split('\n');
  const lastPrompt = lines.findLastIndex((line) => line.startsWith('#### '));
  const reply = lines
    .slice(lastPrompt + 1)
    .filter((line) => !line.startsWith('> ') && !/^# aider chat started/.test(line));
  return reply.join('\n').trim();
}
