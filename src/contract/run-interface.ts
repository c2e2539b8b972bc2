import * as z from 'zod';

/**
 * How to call the software: `type` plus whatever the strategy's runner takes (`module`, `callable`, `predict_path`,
 * `app_name`, …). Loose, because each strategy has its own; a strategy parses what it needs.
 */
export const RunInterface = z.looseObject({ type: z.string().min(1) });
export type RunInterface = z.infer<typeof RunInterface>;

/** How a function's inputs are handed over: as one dict, as keyword arguments by signature, or by Cog's rules. */
export const CallStyle = z.enum(['inputs', 'arguments', 'cog']);
export type CallStyle = z.infer<typeof CallStyle>;

/**
 * The `function` interface, served by the Python host. `callable` is `name`, `Class` (built once, then `predict`, `run`
 * or `__call__`) or `Class.method`.
 */
export const FunctionInterface = z.looseObject({
  type: z.literal('function'),
  module: z.string().regex(/^[\w.]+$/, 'is a dotted module name'),
  callable: z.string().regex(/^\w+(\.\w+)?$/, 'is NAME or Class.method'),
  call: CallStyle.default('arguments'),
  /** Directories put on `sys.path`, relative to the revision's directory; the revision itself comes first by default. */
  paths: z.array(z.string()).default(['.']),
  /** Variables that the code itself asks for, each `NAME=VALUE`: set before the import, below the user's own. No secrets. */
  environment: z.array(z.string().regex(/^[^=]+=/, 'is NAME=VALUE')).optional(),
});
export type FunctionInterface = z.infer<typeof FunctionInterface>;
