import type { AgentEvent } from '../agents/index.js';
import type { AdaptationResult } from '../contract/adaptation.js';
import type { Solution } from '../contract/deploy-config.js';
import type { Contract } from '../contract/example.js';
import type { Facts } from '../contract/facts.js';
import type { AdaptationRound } from '../contract/round.js';
import type { DeploymentSetting } from '../contract/setting.js';

/** One round. The same number asked for again goes on with what was begun, and answers at once when it had ended. */
export interface AdaptRequest {
  solution: Solution;
  setting: DeploymentSetting;
  /** Our copy of the solution, a git repository. */
  workspace: string;
  facts: Facts;
  /** The examples that an agent may see: `splitContract(…).shown`. */
  contract: Contract;
  /** `MODULE:CALLABLE`, `MODULE:Class.method`, `/PATH` or `:PORT/PATH`, where the user said so. */
  entry?: string | undefined;
  round: AdaptationRound;
  /** Holds the rounds' records, and a directory for each agent. */
  stateDirectory: string;
  /** Absolute paths that no agent may change: an agent without a sandbox is refused when something in them did. */
  guardedPaths: readonly string[];
  /** Absolute paths that a sandboxed agent does not see, such as contracts with examples that are held back. */
  hiddenPaths?: readonly string[] | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
  /** Told as soon as an agent's session has an id. */
  onSession?: ((session: { agent: string; id: string }) => void) | undefined;
  onEvent?: ((event: AgentEvent & { agent: string }) => void) | undefined;
}

/** What an adaptation did, before it is committed and git says which files it changed. */
export type AdaptationOutcome = Omit<AdaptationResult, 'success' | 'adaptedPath' | 'filesChanged' | 'commit' | 'error'>;

/** What costs nothing: a recipe's work, or the user's own. */
export const noCost = { rounds: 0, cost: 0, tokens: 0, sessionId: null, notes: [] as string[] };
