import * as z from 'zod';

/**
 * How to call the software: `type` plus whatever the strategy's runner takes (`module`, `callable`, `predict_path`,
 * `app_name`, …). Loose, because each strategy has its own; a strategy parses what it needs. Where a recipe put a server
 * around a function of the repository's that takes the same inputs, `serves` is that function's interface.
 */
export const RunInterface = z.looseObject({ type: z.string().min(1) });
export type RunInterface = z.infer<typeof RunInterface>;

/**
 * How a function's inputs are handed over: as one dict, as keyword arguments by signature, or by Cog's rules. `auto`: one
 * of the first two, as the signature says once the module is imported, where reading does not see it.
 */
export const CallStyle = z.enum(['inputs', 'arguments', 'cog', 'auto']);
export type CallStyle = z.infer<typeof CallStyle>;

const identifier = '[\\p{L}_][\\p{L}\\p{M}\\p{N}_]*';
const dottedName = new RegExp(`^${identifier}(\\.${identifier})*$`, 'u');

/**
 * The `function` interface, served by the Python host. `callable` is `name`, `Class` (built once, then `predict`, `run`
 * or `__call__`), `Class.method`, or any attribute further down: `app.state.model.predict`.
 */
export const FunctionInterface = z.looseObject({
  type: z.literal('function'),
  module: z.string().regex(dottedName, 'is a dotted module name'),
  /** The module's file, relative to the revision, where no name leads to it: `01-predict.py`, loaded as `module`. */
  file: z
    .string()
    .regex(/^(?!\/)(?!(.*\/)?\.\.(\/|$))./, 'is a path inside the repository')
    .optional(),
  /**
   * The package that the module is a part of, where the package's directory has no name to import it by: the repository
   * itself (`.`), say. `module` is named from that directory.
   */
  package: z.object({ name: z.string().regex(dottedName, 'is a package name'), directory: z.string() }).optional(),
  callable: z.string().regex(dottedName, 'is NAME, Class.method or a longer dotted name'),
  call: CallStyle.default('arguments'),
  /** Directories put on `sys.path`, relative to the revision's directory; the revision itself comes first by default. */
  paths: z.array(z.string()).default(['.']),
  /** Variables that the code itself asks for, each `NAME=VALUE`: set before the import, below the user's own. No secrets. */
  environment: z.array(z.string().regex(/^[^=]+=/, 'is NAME=VALUE')).optional(),
});
export type FunctionInterface = z.infer<typeof FunctionInterface>;
