import * as z from 'zod';

/** What an agent has used up: dollars where it says them, tokens in and out together. */
export const Spending = z.object({
  rounds: z.number().int().nonnegative(),
  dollars: z.number().nonnegative(),
  tokens: z.number().int().nonnegative(),
});
export type Spending = z.infer<typeof Spending>;

/** The budget of a deployment's adaptation, over rounds, retries and resumes; null: no bound of that kind. */
export const Budget = z.object({ rounds: z.number().int().positive(), dollars: z.number().positive().nullable() });
export type Budget = z.infer<typeof Budget>;

/** One try at an adaptation: what is given to recipes and agents beside the solution. */
export const AdaptationRound = z.object({
  /** Counts from 1 over the whole life of the deployment; names the round's record. */
  number: z.number().int().positive(),
  /** Agents to try in this order; `auto` stands for what is usable; empty: recipes and the user's own edits only. */
  agents: z.array(z.string()),
  /** Goes on with this agent's session; null begins one. */
  session: z.object({ agent: z.string(), id: z.string() }).nullable(),
  /** Why the last round's result was not accepted; null at first. */
  evidence: z.string().nullable(),
  /** The user's own words. */
  hint: z.string().nullable(),
  /** What was learned by an agent or strategy that another one takes over from; null when nobody did. */
  learned: z.string().nullable(),
  /** Whether recipes are asked first: not when one of them has been refused, or the user resumes. */
  asksRecipes: z.boolean(),
  spent: Spending,
  budget: Budget,
});
export type AdaptationRound = z.infer<typeof AdaptationRound>;

/** How to go on with a deployment that waits. */
export const Resumption = z.strictObject({
  hint: z.string().min(1).optional(),
  /** As in `DeployConfig`; `none` judges what the user edited in the workspace. */
  agent: z.string().min(1).optional(),
  /** Starts again from the source. */
  strategy: z.string().min(1).optional(),
  /** Further rounds. */
  rounds: z.number().int().positive().optional(),
  /** US dollars, all in all: a new total. */
  budget: z.number().positive().optional(),
});
export type Resumption = z.infer<typeof Resumption>;
