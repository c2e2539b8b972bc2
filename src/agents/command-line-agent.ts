import { randomUUID } from 'node:crypto';
import { mkdir, realpath, rm } from 'node:fs/promises';
import { BerthError } from '../errors.js';
import { redact } from '../secrets/redact.js';
import type { Agent, AgentDescription, AgentRequest, AgentResult } from './agent.js';
import { createAgentDirectories, pickVariables } from './agent-environment.js';
import type { BuiltInSettings } from './agent-settings.js';
import type { CommandLineProtocol, RunSetup } from './command-line-protocol.js';
import { findProgram } from './find-program.js';
import { isOlder, queryVersion } from './query-version.js';
import { RunLog } from './run-log.js';
import { claimMark, releaseMark } from './run-mark.js';
import { findSandbox } from './sandbox.js';

/** A coding agent with a command line. Each runs contained and with limits, and reports in the same format. */
export class CommandLineAgent implements Agent {
  readonly name: string;
  private readonly protocol: CommandLineProtocol;
  private readonly settings: BuiltInSettings;

  constructor(protocol: CommandLineProtocol, settings: BuiltInSettings = {}) {
    this.name = protocol.name;
    this.protocol = protocol;
    this.settings = settings;
  }

  async describe(environment: NodeJS.ProcessEnv = process.env): Promise<AgentDescription> {
    const { name, origin, minimumVersion, reportsCost } = this.protocol;
    const program = this.findProgram(environment);
    const version = program === null || minimumVersion === null ? null : await queryVersion(program, environment);
    const missing = this.listMissing(environment);
    if (minimumVersion !== null && isOlder(version, minimumVersion)) {
      missing.push(`${name} ${minimumVersion} or newer (${program} is ${version})`);
    }
    return {
      name,
      isUsable: missing.length === 0,
      missing,
      version,
      program,
      model: this.chooseModel(environment),
      reportsCost: reportsCost || this.settings.prices !== undefined,
      origin,
    };
  }

  async run(request: AgentRequest): Promise<AgentResult> {
    const environment = request.environment ?? process.env;
    const missing = this.listMissing(environment);
    if (missing.length > 0) {
      throw new BerthError('AGENT_UNUSABLE', `${this.name} lacks ${missing.join(' and ')}`, {
        agent: this.name,
        lacks: missing,
      });
    }
    await mkdir(request.stateDirectory, { recursive: true, mode: 0o700 });
    const stateDirectory = await realpath(request.stateDirectory);
    const { runCommandLine } = await import('./run-command-line.js'); // most processes only list agents
    const mark = await claimMark(stateDirectory);
    const setup = await this.setUp(request, environment, stateDirectory);
    const secrets = Object.values(pickVariables(this.protocol.keys, environment));
    const log = new RunLog(
      (event) => request.onEvent?.({ ...event, text: redact(event.text, secrets) }),
      (session) => request.onSession?.(session),
    );
    try {
      const result = await runCommandLine(this.protocol, setup, log, mark);
      const error = result.error === null ? null : redact(result.error, secrets);
      return { ...result, error, message: redact(result.message, secrets) };
    } finally {
      await releaseMark(stateDirectory, mark);
      await rm(setup.directories.temporary, { recursive: true, force: true, maxRetries: 3 });
    }
  }

  private async setUp(
    request: AgentRequest,
    environment: NodeJS.ProcessEnv,
    stateDirectory: string,
  ): Promise<RunSetup> {
    const { keys, variables } = this.protocol;
    return {
      request: { ...request, environment, stateDirectory, workspace: await realpath(request.workspace) },
      program: this.findProgram(environment) as string, // `run` refuses to start without it
      directories: await createAgentDirectories(stateDirectory),
      model: this.chooseModel(environment),
      prices: this.settings.prices ?? null,
      variables: pickVariables([...keys, ...variables], environment),
      newSession: randomUUID(),
      isSandboxed: (await findSandbox()).isSandboxed,
    };
  }

  private findProgram(environment: NodeJS.ProcessEnv): string | null {
    return findProgram(this.settings.program ?? this.protocol.program, environment.PATH ?? '');
  }

  private chooseModel(environment: NodeJS.ProcessEnv): string | null {
    const { modelVariable, defaultModel } = this.protocol;
    const model = modelVariable === null ? undefined : environment[modelVariable];
    return this.settings.model ?? (model || defaultModel);
  }

  private listMissing(environment: NodeJS.ProcessEnv): string[] {
    const { keys, program } = this.protocol;
    const missing = this.findProgram(environment) === null ? [`the program ${this.settings.program ?? program}`] : [];
    const hasKey = keys.length === 0 || keys.some((key) => environment[key]);
    return hasKey ? missing : [...missing, keys.join(' or ')];
  }
}
