import type { Agent, AgentRequest, AgentResult } from '../../src/agents/index.js';
import { BerthError } from '../../src/errors.js';

export const finished: AgentResult = {
  stopReason: 'finished',
  retryAfterSeconds: null,
  message: '',
  session: 's1',
  usage: { inputTokens: 100, outputTokens: 10 },
  cost: 0.01,
  turns: 1,
  error: null,
  isSandboxed: true,
  mechanism: 'bubblewrap',
};

type Reply = Partial<AgentResult> | Error;

/** Agent that really edits files and replies from a script. Only the agent itself is a fake. */
export class ScriptedAgent implements Agent {
  readonly requests: AgentRequest[] = [];
  readonly name: string;
  private readonly replies: ((request: AgentRequest) => Reply)[];
  missing: string[] = [];
  reportsCost = true;

  constructor(name: string, ...replies: ((request: AgentRequest) => Reply)[]) {
    this.name = name;
    this.replies = replies;
  }

  async describe() {
    const { name, missing, reportsCost } = this;
    const isUsable = missing.length === 0;
    return { name, isUsable, missing, reportsCost, version: null, program: null, model: null, origin: 'user' as const };
  }

  async run(request: AgentRequest): Promise<AgentResult> {
    this.requests.push(request);
    const reply = this.replies.shift()?.(request) ?? new Error(`${this.name} was run once too often`);
    if (reply instanceof Error) throw reply;
    const result = { ...finished, ...reply };
    if (result.session !== null) request.onSession?.(result.session);
    return result;
  }
}

/** Fakes the registry of agents. */
export const agentsOf =
  (...agents: ScriptedAgent[]) =>
  async () => ({
    listAgents: () => agents.map(({ name }) => name),
    getAgent: (name: string) => {
      const agent = agents.find((candidate) => candidate.name === name);
      if (agent !== undefined) return agent;
      throw new BerthError('AGENT_UNKNOWN', `there is no coding agent ${name}`, { agent: name });
    },
  });
