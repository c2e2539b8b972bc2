import * as z from 'zod';

/** Dollars per million tokens. */
export const Prices = z.strictObject({ input: z.number().nonnegative(), output: z.number().nonnegative() });
export type Prices = z.infer<typeof Prices>;

const sharedSettings = {
  model: z.string().min(1).optional(),
  prices: Prices.optional(),
};

/** What a user may set for an agent that Berth knows. */
export const BuiltInSettings = z.strictObject({
  /** Name or absolute path, when it is not the usual one. */
  program: z.string().min(1).optional(),
  ...sharedSettings,
});
export type BuiltInSettings = z.infer<typeof BuiltInSettings>;

const VariableName = z.string().regex(/^[A-Za-z_]\w*$/, 'is no name of a variable');

/**
 * A coding agent of the user's own: a command that is given the prompt and works in its current directory. In `argv`,
 * `{prompt_file}`, `{report_file}`, `{session}`, `{model}`, `{workspace}` and `{state}` stand for what they name.
 */
export const UserDefinedSettings = z.strictObject({
  argv: z.array(z.string()).min(1),
  /** In place of `argv` when a session is continued. */
  resume_argv: z.array(z.string()).min(1).optional(),
  /** One of these variables must be set; they are passed on. */
  keys: z.array(VariableName).default([]),
  /** Passed on when they are set. */
  variables: z.array(VariableName).default([]),
  ...sharedSettings,
});
export type UserDefinedSettings = z.infer<typeof UserDefinedSettings>;

/** The `agents:` section of `$BERTH_HOME/config.yaml`. */
export interface AgentSettings {
  builtIn: Record<string, BuiltInSettings>;
  /** In the order of the file. */
  userDefined: Record<string, UserDefinedSettings>;
}

/** Dollars of a run at these prices. */
export const computeCost = (prices: Prices, inputTokens: number, outputTokens: number): number =>
  (prices.input * inputTokens + prices.output * outputTokens) / 1_000_000;
