import type { AgentEvent } from '../agents/index.js';
import type { AdaptationResult } from '../contract/adaptation.js';
import type { Solution } from '../contract/deploy-config.js';
import type { Contract } from '../contract/example.js';
import type { Facts } from '../contract/facts.js';
import type { AdaptationRound } from '../contract/round.js';
import type { DeploymentSetting } from '../contract/setting.js';

/** A request for one round. Repeating a round's number resumes the round, or returns its result if it has ended. */
export interface AdaptRequest {
  solution: Solution;
  setting: DeploymentSetting;
  /** Copy of the solution, a git repository. */
  workspace: string;
  facts: Facts;
  /** Examples that an agent may see: `splitContract(…).shown`. */
  contract: Contract;
  /** Value of `--entry`: `MODULE:CALLABLE`, `MODULE:Class.method`, `/PATH` or `:PORT/PATH`. */
  entry?: string | undefined;
  round: AdaptationRound;
  /** Directory for the rounds' records, with a subdirectory for each agent. */
  stateDirectory: string;
  /** Absolute paths that no agent may change. If they change, the work of an agent without a sandbox is rejected. */
  guardedPaths: readonly string[];
  /** Absolute paths hidden from a sandboxed agent, such as contracts with held-back examples. */
  hiddenPaths?: readonly string[] | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
  /** Called as soon as an agent's session has an id. */
  onSession?: ((session: { agent: string; id: string }) => void) | undefined;
  onEvent?: ((event: AgentEvent & { agent: string }) => void) | undefined;
}

/** The outcome of an adaptation before it is committed and git reports the changed files. */
export type AdaptationOutcome = Omit<AdaptationResult, 'success' | 'adaptedPath' | 'filesChanged' | 'commit' | 'error'>;

/** The cost of work by a recipe or the user. */
export const noCost = { rounds: 0, cost: 0, tokens: 0, sessionId: null, notes: [] as string[] };
