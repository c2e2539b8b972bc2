import * as z from 'zod';

/** Dollars per million tokens. */
export const Prices = z.strictObject({ input: z.number().nonnegative(), output: z.number().nonnegative() });
export type Prices = z.infer<typeof Prices>;

const sharedSettings = {
  model: z.string().min(1).optional(),
  prices: Prices.optional(),
};

/** Settings of a built-in agent. */
export const BuiltInSettings = z.strictObject({
  /** Name or absolute path; the agent's usual program when absent. */
  program: z.string().min(1).optional(),
  ...sharedSettings,
});
export type BuiltInSettings = z.infer<typeof BuiltInSettings>;

const VariableName = z.string().regex(/^[A-Za-z_]\w*$/, 'is not a valid variable name');

/**
 * A user-defined coding agent: a command that receives the prompt and works in its current directory. `argv` may contain
 * the placeholders `{prompt_file}`, `{report_file}`, `{session}`, `{model}`, `{workspace}` and `{state}`.
 */
export const UserDefinedSettings = z.strictObject({
  argv: z.array(z.string()).min(1),
  /** Replaces `argv` when a session continues. */
  resume_argv: z.array(z.string()).min(1).optional(),
  /** Variables that the agent receives; at least one must be set. */
  keys: z.array(VariableName).default([]),
  /** Optional variables that the agent receives. */
  variables: z.array(VariableName).default([]),
  ...sharedSettings,
});
export type UserDefinedSettings = z.infer<typeof UserDefinedSettings>;

/** The `agents:` section of `$BERTH_HOME/config.yaml`. */
export interface AgentSettings {
  builtIn: Record<string, BuiltInSettings>;
  /** Keys are in the order of the file. */
  userDefined: Record<string, UserDefinedSettings>;
}

/** Returns the cost of tokens in dollars. */
export const computeCost = (prices: Prices, inputTokens: number, outputTokens: number): number =>
  (prices.input * inputTokens + prices.output * outputTokens) / 1_000_000;
