import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { UserDefinedSettings } from './agent-settings.js';
import { classifyFailure } from './classify-failure.js';
import type { CommandLineProtocol, Invocation, OutputReader, RunSetup } from './command-line-protocol.js';
import type { ContainedExit } from './contained-process.js';
import type { RunLog } from './run-log.js';

/** Report that an agent may write to `{report_file}`. All keys are optional, unknown ones are ignored. */
const Report = z.looseObject({
  message: z.string().optional(),
  session: z.string().optional(),
  input_tokens: z.number().nonnegative().optional(),
  output_tokens: z.number().nonnegative().optional(),
  cost: z.number().nonnegative().optional(),
  turns: z.number().int().nonnegative().optional(),
  /** HTTP status of the provider that made the run fail. */
  status: z.number().int().optional(),
  retry_after: z.number().nonnegative().optional(),
  error: z.string().optional(),
  /** The session cannot continue; a new one can start. */
  session_lost: z.boolean().optional(),
});

/**
 * Creates the protocol of a user-defined agent. Its standard input is the prompt, unless `argv` has `{prompt_file}`. Its
 * output is the final message, unless it writes a report. Each line of output is an event.
 */
export function createUserDefinedProtocol(name: string, settings: UserDefinedSettings): CommandLineProtocol {
  return {
    name,
    origin: 'user',
    program: settings.argv[0] as string, // the schema requires at least one element
    minimumVersion: null,
    keys: settings.keys,
    variables: settings.variables,
    modelVariable: null,
    defaultModel: settings.model ?? null,
    reportsCost: settings.argv.join(' ').includes('{report_file}'),
    prepare: async (setup) => {
      await mkdir(agentDirectory(setup), { recursive: true });
      await rm(reportPath(setup), { force: true });
      await writeFile(promptPath(setup), setup.request.prompt);
      return invokeUserDefined(settings, setup);
    },
    createReader: (setup, log) => new UserDefinedReader(setup, log),
  };
}

const agentDirectory = ({ directories }: RunSetup): string => join(directories.state, 'agent');
const promptPath = (setup: RunSetup): string => join(agentDirectory(setup), 'prompt.md');
const reportPath = (setup: RunSetup): string => join(agentDirectory(setup), 'report.json');

export function invokeUserDefined(settings: UserDefinedSettings, setup: RunSetup): Invocation {
  const { request, newSession, model, directories } = setup;
  const template = request.session === null ? settings.argv : (settings.resume_argv ?? settings.argv);
  const values: Record<string, string> = {
    prompt_file: promptPath(setup),
    report_file: reportPath(setup),
    session: request.session ?? newSession,
    model: model ?? '',
    workspace: request.workspace,
    state: directories.state,
  };
  const argv = template
    .slice(1)
    .map((part) => part.replaceAll(/\{(\w+)\}/g, (placeholder, name) => values[name] ?? placeholder));
  const isInFile = template.some((part) => part.includes('{prompt_file}'));
  return { argv, input: isInFile ? '' : request.prompt, env: {} };
}

class UserDefinedReader implements OutputReader {
  private readonly setup: RunSetup;
  private readonly log: RunLog;
  private readonly printed: string[] = [];

  constructor(setup: RunSetup, log: RunLog) {
    this.setup = setup;
    this.log = log;
    log.beginSession(setup.request.session ?? setup.newSession);
  }

  readLine(text: string, stream: 'stdout' | 'stderr'): void {
    if (stream === 'stdout') this.printed.push(text);
    this.log.emitEvent('other', text);
  }

  async finish({ exitCode }: ContainedExit): Promise<void> {
    const log = this.log;
    const report = await this.readReport();
    log.message = report.message ?? this.printed.join('\n').trim();
    if (report.session !== undefined) log.beginSession(report.session);
    log.addUsage(report.input_tokens ?? 0, report.output_tokens ?? 0);
    log.cost = report.cost ?? null;
    log.turns = report.turns ?? 1;
    if (report.session_lost) {
      log.fail({ reason: 'session-lost', text: report.error ?? 'the session is lost', retryAfterSeconds: null });
    } else if (report.error !== undefined) log.fail(classifyFailure(report.error, report.status, report.retry_after));
    else if (report.status !== undefined && exitCode !== 0) {
      log.fail(classifyFailure(`the provider answered ${report.status}`, report.status, report.retry_after));
    }
  }

  private async readReport(): Promise<z.infer<typeof Report>> {
    const text = await readFile(reportPath(this.setup), 'utf8').catch(() => null);
    if (text === null) return {};
    try {
      return Report.parse(JSON.parse(text));
    } catch (error) {
      this.log.fail(classifyFailure(`the agent's report cannot be read: ${(error as Error).message}`));
      return {};
    }
  }
}
