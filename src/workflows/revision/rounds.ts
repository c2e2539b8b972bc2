import type { DeployConfig } from '../../contract/deploy-config.js';
import type { AdaptationRound, Resumption, Spending } from '../../contract/round.js';
import type { ErrorRecord } from '../../errors.js';

// The arithmetic of rounds, pure: what an adaptation is given next, and whether there is a next one.

export function createFirstRound(config: DeployConfig, number = 1): AdaptationRound {
  return {
    number,
    agents: parseAgents(config.agent),
    session: null,
    evidence: null,
    hint: null,
    learned: null,
    asksRecipes: true,
    spent: { rounds: 0, dollars: 0, tokens: 0 },
    budget: { rounds: config.rounds, dollars: config.budget ?? null },
  };
}

/** `auto`, `none` or names separated by commas, as a list to try in order. */
export const parseAgents = (agent: string): string[] =>
  agent === 'none'
    ? []
    : agent
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '');

/** Whether an agent may be given the evidence: one is allowed, and neither rounds nor dollars are used up. */
export function isNextRoundAllowed({ agents, spent, budget }: AdaptationRound): boolean {
  const isAffordable = budget.dollars === null || spent.dollars < budget.dollars;
  return agents.length > 0 && spent.rounds < budget.rounds && isAffordable;
}

/** The round after one whose result was not accepted: the same session, and why. */
export function createNextRound(round: AdaptationRound, failure: ErrorRecord): AdaptationRound {
  const evidence = describeEvidence(failure);
  return { ...round, number: round.number + 1, evidence, hint: null, asksRecipes: false };
}

/** What an agent is told of a failure: never `fullEvidence`, which shows what held-back examples expect. */
export function describeEvidence({ code, message, details }: ErrorRecord): string {
  const { ladder, evidence } = details;
  const parts = [`${code}: ${message}`, ladder, evidence];
  return parts.filter((part) => typeof part === 'string' && part !== '').join('\n\n');
}

/** What was used up, whether the round succeeded or its error tells. */
export function addSpending(spent: Spending, used: Record<string, unknown>): Spending {
  const add = (total: number, more: unknown) => (typeof more === 'number' ? total + more : total);
  return {
    rounds: add(spent.rounds, used.rounds),
    dollars: add(spent.dollars, used.dollars),
    tokens: add(spent.tokens, used.tokens),
  };
}

/** The round that a resumption asks for, after the failure that the deployment waits with. */
export function createResumedRound(
  round: AdaptationRound,
  resumption: Resumption,
  failure: { evidence: string | null; defaultRounds: number },
): AdaptationRound {
  const { hint = null, agent, strategy, rounds = failure.defaultRounds, budget } = resumption;
  const agents = agent === undefined ? round.agents : parseAgents(agent);
  const startsNewSession = strategy !== undefined || !continuesSession(round, agents);
  // What failed before anything was adapted (a full disk, say) goes on where it was, recipes and all.
  const isUnchanged = agent === undefined && hint === null && failure.evidence === null;
  return {
    ...round,
    number: round.number + 1,
    agents,
    hint,
    evidence: strategy === undefined ? failure.evidence : null,
    session: startsNewSession ? null : round.session,
    learned: startsNewSession ? failure.evidence : round.learned,
    asksRecipes: strategy !== undefined || (isUnchanged && round.asksRecipes),
    budget: { rounds: round.spent.rounds + rounds, dollars: budget ?? round.budget.dollars },
  };
}

/** The agent of the session is the first that would be tried. */
const continuesSession = ({ session }: AdaptationRound, agents: string[]): boolean =>
  session !== null && (agents[0] === 'auto' || agents[0] === session.agent);
