import { randomUUID } from 'node:crypto';
import { mkdir, realpath, rm } from 'node:fs/promises';
import { BerthError } from '../errors.js';
import { redact } from '../secrets/redact.js';
import type { Agent, AgentDescription, AgentRequest, AgentResult } from './agent.js';
import { createAgentDirectories } from './agent-environment.js';
import { type BuiltInSettings, computeCost } from './agent-settings.js';
import { Deadline } from './deadline.js';
import { describeStop } from './describe-stop.js';
import type { Conversation } from './openai-conversation.js';
import { defaultOpenaiModel } from './openai-endpoint.js';
import { type Failure, RunLog } from './run-log.js';
import { claimMark, releaseMark } from './run-mark.js';
import { findSandbox } from './sandbox.js';

/** Berth's own agent. It runs in this process, with any endpoint that speaks the OpenAI chat protocol with tools. */
export class OpenaiAgent implements Agent {
  readonly name = 'openai';
  private readonly settings: BuiltInSettings;

  constructor(settings: BuiltInSettings = {}) {
    this.settings = settings;
  }

  async describe(environment: NodeJS.ProcessEnv = process.env): Promise<AgentDescription> {
    const missing = listMissing(environment);
    return {
      name: this.name,
      isUsable: missing.length === 0,
      missing,
      version: null,
      program: null,
      model: this.chooseModel(environment),
      reportsCost: this.settings.prices !== undefined,
      origin: 'built-in',
    };
  }

  async run(request: AgentRequest): Promise<AgentResult> {
    const environment = request.environment ?? process.env;
    const missing = listMissing(environment);
    if (missing.length > 0) {
      throw new BerthError('AGENT_UNUSABLE', `${this.name} lacks ${missing.join(' and ')}`, {
        agent: this.name,
        lacks: missing,
      });
    }
    await mkdir(request.stateDirectory, { recursive: true, mode: 0o700 });
    const stateDirectory = await realpath(request.stateDirectory);
    const mark = await claimMark(stateDirectory);
    const directories = await createAgentDirectories(stateDirectory);
    const secrets = [environment.OPENAI_API_KEY ?? ''];
    const log = new RunLog(
      (event) => request.onEvent?.({ ...event, text: redact(event.text, secrets) }),
      (session) => request.onSession?.(session),
    );
    const resolved = { ...request, environment, stateDirectory, workspace: await realpath(request.workspace) };
    const deadline = new Deadline(request);
    const model = this.chooseModel(environment);
    const prices = this.settings.prices ?? null;
    const session = request.session ?? randomUUID();
    try {
      const conversation = { request: resolved, environment, session, model, prices, directories, mark, log, deadline };
      const failure = await converseUntilDeadline(conversation);
      return await this.conclude(log, failure, secrets);
    } finally {
      deadline.clear();
      await releaseMark(stateDirectory, mark);
      await rm(directories.temporary, { recursive: true, force: true, maxRetries: 3 });
    }
  }

  private async conclude(log: RunLog, failure: Failure | null, secrets: string[]): Promise<AgentResult> {
    const { inputTokens, outputTokens } = log;
    const { prices } = this.settings;
    return {
      stopReason: failure?.reason ?? 'finished',
      retryAfterSeconds: failure?.retryAfterSeconds ?? null,
      message: failure === null ? redact(log.message, secrets) : '',
      session: failure?.reason === 'session-lost' ? null : log.session,
      usage: { inputTokens, outputTokens },
      cost: prices === undefined ? null : computeCost(prices, inputTokens, outputTokens),
      turns: log.turns,
      error: failure === null ? null : redact(failure.text, secrets),
      ...(await findSandbox()),
    };
  }

  private chooseModel(environment: NodeJS.ProcessEnv): string {
    return this.settings.model ?? (environment.OPENAI_MODEL || defaultOpenaiModel);
  }
}

/** The public server requires a key, a custom one does not. */
const listMissing = (environment: NodeJS.ProcessEnv): string[] =>
  environment.OPENAI_API_KEY || environment.OPENAI_BASE_URL ? [] : ['OPENAI_API_KEY or OPENAI_BASE_URL'];

async function converseUntilDeadline(conversation: Conversation): Promise<Failure | null> {
  const { deadline, request, log } = conversation;
  const { runConversation } = await import('./openai-conversation.js'); // most processes only list agents
  try {
    const failure = await runConversation(conversation);
    return deadline.cause === null ? failure : describeStop(deadline.cause, request.limits, log);
  } catch (error) {
    if (deadline.cause === null) throw error;
    return describeStop(deadline.cause, request.limits, log);
  }
}
