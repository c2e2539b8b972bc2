import type { DeployConfig } from '../../contract/deploy-config.js';
import type { AdaptationRound, Resumption, Spending } from '../../contract/round.js';
import type { ErrorRecord } from '../../errors.js';

// Pure rules of adaptation rounds: the input of the next one, and whether there is a next one.

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

/** Parses `auto`, `none`, or names separated by commas into a list to try in order. */
export const parseAgents = (agent: string): string[] =>
  agent === 'none'
    ? []
    : agent
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '');

/** True when an agent is allowed and neither rounds nor dollars are used up. */
export function isNextRoundAllowed({ agents, spent, budget }: AdaptationRound): boolean {
  const isAffordable = budget.dollars === null || spent.dollars < budget.dollars;
  return agents.length > 0 && spent.rounds < budget.rounds && isAffordable;
}

/** Returns the round after a rejected one: the same session, with the failure as evidence. */
export function createNextRound(round: AdaptationRound, failure: ErrorRecord): AdaptationRound {
  const evidence = describeEvidence(failure);
  return { ...round, number: round.number + 1, evidence, hint: null, asksRecipes: false };
}

/** Describes a failure for an agent, without `fullEvidence`, which shows what held-back examples expect. */
export function describeEvidence({ code, message, details }: ErrorRecord): string {
  const { checks, evidence } = details;
  const parts = [`${code}: ${message}`, checks, evidence];
  return parts.filter((part) => typeof part === 'string' && part !== '').join('\n\n');
}

/** Adds what a round used up, as its result or the details of its error report it. */
export function addSpending(spent: Spending, used: Record<string, unknown>): Spending {
  const add = (total: number, more: unknown) => (typeof more === 'number' ? total + more : total);
  return {
    rounds: add(spent.rounds, used.rounds),
    dollars: add(spent.dollars, used.dollars),
    tokens: add(spent.tokens, used.tokens),
  };
}

/** Returns the round that a resumption requests after a failure. */
export function createResumedRound(
  round: AdaptationRound,
  resumption: Resumption,
  failure: { evidence: string | null; defaultRounds: number },
): AdaptationRound {
  const { hint = null, agent, strategy, rounds = failure.defaultRounds, budget } = resumption;
  const agents = agent === undefined ? round.agents : parseAgents(agent);
  const startsNewSession = strategy !== undefined || !continuesSession(round, agents);
  // A change that failed before any adaptation, on a full disk for example, still tries the recipes first.
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

/** True when the session's agent is the first one to try. */
const continuesSession = ({ session }: AdaptationRound, agents: string[]): boolean =>
  session !== null && (agents[0] === 'auto' || agents[0] === session.agent);
