import type { Solution } from '../contract/config.js';
import type { Facts } from '../contract/facts.js';
import type { RunInterface } from '../contract/run-interface.js';
import type { DeploymentSetting } from '../contract/setting.js';

export interface AgentRequest {
  solution: Solution;
  setting: DeploymentSetting;
  /** The agent's working directory, and all that it may write to. */
  workspace: string;
  facts: Facts;
  /** The strategy's `adapter_instruction.md`. */
  instruction: string;
  entry?: string | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/** What an agent says about its work. It is believed in nothing: git says what changed, the ladder whether it works. */
export interface AgentOutcome {
  runInterface: RunInterface;
  /** Its closing words, in one sentence. */
  summary: string;
  rounds: number;
  /** US dollars, summed over rounds. */
  cost: number;
  sessionId: string | null;
}

/** Edits a workspace until it fits a strategy; what recipes do not recognise goes to one of these. */
export interface Agent {
  name: string;
  adapt(request: AgentRequest): Promise<AgentOutcome>;
}
