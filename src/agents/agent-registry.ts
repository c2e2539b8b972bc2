import { BerthError } from '../errors.js';
import { type BerthHome, berthHome } from '../home/home.js';
import type { Agent, AgentDescription } from './agent.js';
import type { AgentSettings } from './agent-settings.js';
import { aider } from './aider.js';
import { claudeCode } from './claude-code.js';
import { codex } from './codex.js';
import { CommandLineAgent } from './command-line-agent.js';
import { gemini } from './gemini.js';
import { OpenaiAgent } from './openai-agent.js';
import { opencode } from './opencode.js';
import { readAgentSettings } from './read-agent-settings.js';
import { createUserDefinedProtocol } from './user-defined-agent.js';

/**
 * What `auto` tries, in this order, after the user's own agents: those with a loop and tools of their own, most capable
 * first; then Berth's, which needs nothing installed; last aider, which answers once and runs nothing.
 */
export const automaticOrder = ['claude-code', 'codex', 'gemini', 'opencode', 'openai', 'aider'] as const;

export interface ChosenAgent {
  agent: Agent;
  description: AgentDescription;
  /** Why this one, for the report: `the first that can be used (claude-code lacks …)`. */
  reason: string;
}

const protocols = [claudeCode, codex, gemini, opencode, aider];

/** Every coding agent that there is here: the six that Berth knows and those of `$BERTH_HOME/config.yaml`. */
export class AgentRegistry {
  private readonly agents: Map<string, Agent>;

  private constructor(settings: AgentSettings) {
    const own = Object.entries(settings.userDefined).map(
      ([name, one]) =>
        new CommandLineAgent(
          createUserDefinedProtocol(name, one),
          one.prices === undefined ? {} : { prices: one.prices },
        ),
    );
    const known = new Map<string, Agent>([
      ...protocols.map((one): [string, Agent] => [one.name, new CommandLineAgent(one, settings.builtIn[one.name])]),
      ['openai', new OpenaiAgent(settings.builtIn.openai)],
    ]);
    const ordered = automaticOrder.map((name) => known.get(name) as Agent); // The test proves both lists to be one.
    this.agents = new Map([...own, ...ordered].map((agent) => [agent.name, agent]));
  }

  /** Throws AGENT_CONFIG when the file is wrong. */
  static async load(home: BerthHome = berthHome()): Promise<AgentRegistry> {
    return new AgentRegistry(await readAgentSettings(home, automaticOrder));
  }

  /** In the order in which `auto` tries them. */
  listAgents(): string[] {
    return [...this.agents.keys()];
  }

  /** Throws AGENT_UNKNOWN. */
  getAgent(name: string): Agent {
    const agent = this.agents.get(name);
    if (agent !== undefined) return agent;
    const message = `there is no coding agent ${name}; there are ${this.listAgents().join(', ')}`;
    throw new BerthError('AGENT_UNKNOWN', message, { agent: name });
  }

  /** Which can be used, and what the others lack; for `berth doctor`. */
  async describeAgents(environment: NodeJS.ProcessEnv = process.env): Promise<AgentDescription[]> {
    return Promise.all([...this.agents.values()].map((agent) => agent.describe(environment)));
  }

  /**
   * The first of the named ones that can be used; `auto` stands for all in their order. Throws AGENT_UNUSABLE when none
   * can, saying what each lacks, and AGENT_UNKNOWN.
   */
  async chooseAgent(names: readonly string[], environment: NodeJS.ProcessEnv = process.env): Promise<ChosenAgent> {
    const wanted = names.flatMap((name) => (name === 'auto' ? this.listAgents() : [name]));
    const agents = [...new Set(wanted)].map((name) => this.getAgent(name));
    const passedOver: string[] = [];
    for (const agent of agents) {
      const description = await agent.describe(environment);
      if (description.isUsable) return { agent, description, reason: describeChoice(agents, passedOver) };
      passedOver.push(`${agent.name} lacks ${description.missing.join(' and ')}`);
    }
    throw new BerthError('AGENT_UNUSABLE', `no coding agent can be used: ${passedOver.join('; ')}`, {
      evidence: passedOver.join('\n'),
    });
  }
}

function describeChoice(agents: Agent[], passedOver: string[]): string {
  if (agents.length === 1) return 'the one asked for';
  return passedOver.length === 0 ? 'the first asked for' : `the first that can be used: ${passedOver.join('; ')}`;
}
