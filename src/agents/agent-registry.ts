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
 * Order in which `auto` tries the built-in agents, after user-defined ones. Agents with a tool loop come first, the
 * most capable at the front. Berth's own agent follows, which needs no installation, then aider, which replies once and
 * runs no commands.
 */
export const automaticOrder = ['claude-code', 'codex', 'gemini', 'opencode', 'openai', 'aider'] as const;

export interface ChosenAgent {
  agent: Agent;
  description: AgentDescription;
  /** Reason for the choice: `the first usable agent: claude-code lacks …`. */
  reason: string;
}

const protocols = [claudeCode, codex, gemini, opencode, aider];

/** The six built-in coding agents, and those defined in `$BERTH_HOME/config.yaml`. */
export class AgentRegistry {
  private readonly agents: Map<string, Agent>;

  private constructor(settings: AgentSettings) {
    const userDefined = Object.entries(settings.userDefined).map(
      ([name, agent]) =>
        new CommandLineAgent(
          createUserDefinedProtocol(name, agent),
          agent.prices === undefined ? {} : { prices: agent.prices },
        ),
    );
    const builtIn = new Map<string, Agent>([
      ...protocols.map((protocol): [string, Agent] => [
        protocol.name,
        new CommandLineAgent(protocol, settings.builtIn[protocol.name]),
      ]),
      ['openai', new OpenaiAgent(settings.builtIn.openai)],
    ]);
    const ordered = automaticOrder.map((name) => builtIn.get(name) as Agent); // a test checks that both lists agree
    this.agents = new Map([...userDefined, ...ordered].map((agent) => [agent.name, agent]));
  }

  /**
   * Loads the agents of a home.
   *
   * @throws AGENT_CONFIG when `config.yaml` is invalid.
   */
  static async load(home: BerthHome = berthHome()): Promise<AgentRegistry> {
    return new AgentRegistry(await readAgentSettings(home, automaticOrder));
  }

  /** Returns the agents' names in the order in which `auto` tries them. */
  listAgents(): string[] {
    return [...this.agents.keys()];
  }

  /**
   * Returns the agent with this name.
   *
   * @throws AGENT_UNKNOWN when there is none.
   */
  getAgent(name: string): Agent {
    const agent = this.agents.get(name);
    if (agent !== undefined) return agent;
    const message = `there is no coding agent ${name}; there are ${this.listAgents().join(', ')}`;
    throw new BerthError('AGENT_UNKNOWN', message, { agent: name });
  }

  /** Describes every agent for `berth doctor`, with what it lacks. */
  async describeAgents(environment: NodeJS.ProcessEnv = process.env): Promise<AgentDescription[]> {
    return Promise.all([...this.agents.values()].map((agent) => agent.describe(environment)));
  }

  /**
   * Chooses the first usable agent of a list. `auto` means all agents in their order.
   *
   * @throws AGENT_UNKNOWN for a name that no agent has, AGENT_UNUSABLE when no agent is usable, with what each lacks.
   */
  async chooseAgent(names: readonly string[], environment: NodeJS.ProcessEnv = process.env): Promise<ChosenAgent> {
    const expanded = names.flatMap((name) => (name === 'auto' ? this.listAgents() : [name]));
    const agents = [...new Set(expanded)].map((name) => this.getAgent(name));
    const skipped: string[] = [];
    for (const agent of agents) {
      const description = await agent.describe(environment);
      if (description.isUsable) return { agent, description, reason: describeChoice(agents, skipped) };
      skipped.push(`${agent.name} lacks ${description.missing.join(' and ')}`);
    }
    throw new BerthError('AGENT_UNUSABLE', `no coding agent is usable: ${skipped.join('; ')}`, {
      evidence: skipped.join('\n'),
    });
  }
}

function describeChoice(agents: Agent[], skipped: string[]): string {
  if (agents.length === 1) return 'the requested agent';
  return skipped.length === 0 ? 'the first requested agent' : `the first usable agent: ${skipped.join('; ')}`;
}
