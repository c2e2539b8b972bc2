import * as z from 'zod';

/** Spending of coding agents: dollars if the agent reports them, and the sum of input and output tokens. */
export const Spending = z.object({
  rounds: z.number().int().nonnegative(),
  dollars: z.number().nonnegative(),
  tokens: z.number().int().nonnegative(),
});
export type Spending = z.infer<typeof Spending>;

/** Budget of a deployment's adaptation, across rounds, retries and resumes. Null is unlimited. */
export const Budget = z.object({ rounds: z.number().int().positive(), dollars: z.number().positive().nullable() });
export type Budget = z.infer<typeof Budget>;

/** Input of one attempt at an adaptation, in addition to the solution. */
export const AdaptationRound = z.object({
  /** Counts from 1 over the life of the deployment. Part of the file name of the round's record. */
  number: z.number().int().positive(),
  /** Agents to try in this order; `auto` is any usable agent. Empty: only recipes and the user's edits. */
  agents: z.array(z.string()),
  /** Session of an agent to continue; null starts a new one. */
  session: z.object({ agent: z.string(), id: z.string() }).nullable(),
  /** Reason why the result of the previous round was rejected; null in the first round. */
  evidence: z.string().nullable(),
  /** Hint from the user. */
  hint: z.string().nullable(),
  /** Findings of the agent or strategy that was replaced; null if none was. */
  learned: z.string().nullable(),
  /** True if recipes run first. False after a recipe's result was rejected, and when the user resumes. */
  asksRecipes: z.boolean(),
  spent: Spending,
  budget: Budget,
});
export type AdaptationRound = z.infer<typeof AdaptationRound>;

/** Instructions for resuming a deployment that waits. */
export const Resumption = z.strictObject({
  hint: z.string().min(1).optional(),
  /** Same values as in `DeployConfig`. `none` verifies the user's edits in the workspace. */
  agent: z.string().min(1).optional(),
  /** New strategy. The adaptation starts again from the source. */
  strategy: z.string().min(1).optional(),
  /** Additional rounds. */
  rounds: z.number().int().positive().optional(),
  /** New total budget in US dollars. */
  budget: z.number().positive().optional(),
});
export type Resumption = z.infer<typeof Resumption>;
