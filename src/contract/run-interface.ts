import * as z from 'zod';

/**
 * Describes how to call the software: `type` and the keys that the strategy's runner takes (`module`, `callable`,
 * `predict_path`, `app_name`, …). Loose, because each strategy has its own keys and parses them itself. If a recipe
 * wrote a server around a function of the repository that takes the same inputs, `serves` is the interface of that
 * function.
 */
export const RunInterface = z.looseObject({ type: z.string().min(1) });
export type RunInterface = z.infer<typeof RunInterface>;

/**
 * How to pass inputs to a function: as one dict, as keyword arguments by signature, or by Cog's rules. `auto` selects
 * one of the first two by the signature after the import, for code whose signature cannot be read without running it.
 */
export const CallStyle = z.enum(['inputs', 'arguments', 'cog', 'auto']);
export type CallStyle = z.infer<typeof CallStyle>;

const identifier = '[\\p{L}_][\\p{L}\\p{M}\\p{N}_]*';
const dottedName = new RegExp(`^${identifier}(\\.${identifier})*$`, 'u');

/**
 * The `function` interface, served by a host process. `callable` is `name`, `Class` (instantiated once, then called
 * through `predict`, `run` or `__call__`), `Class.method`, or a deeper attribute: `app.state.model.predict`.
 */
export const FunctionInterface = z.looseObject({
  type: z.literal('function'),
  module: z.string().regex(dottedName, 'is a dotted module name'),
  /**
   * The module's file, relative to the revision, if its name is not importable: `01-predict.py`, loaded as `module`.
   */
  file: z
    .string()
    .regex(/^(?!\/)(?!(.*\/)?\.\.(\/|$))./, 'is a path inside the repository')
    .optional(),
  /**
   * Package of the module, if the name of the package's directory is not importable, such as the repository itself
   * (`.`). `module` is relative to that directory.
   */
  package: z.object({ name: z.string().regex(dottedName, 'is a package name'), directory: z.string() }).optional(),
  callable: z.string().regex(dottedName, 'is NAME, Class.method or a longer dotted name'),
  call: CallStyle.default('arguments'),
  /** Directories to put on `sys.path`, relative to the revision's directory. Default: the revision itself. */
  paths: z.array(z.string()).default(['.']),
  /** Variables that the code requires, as `NAME=VALUE`, set before the import. The user's variables win. No secrets. */
  environment: z.array(z.string().regex(/^[^=]+=/, 'is NAME=VALUE')).optional(),
});
export type FunctionInterface = z.infer<typeof FunctionInterface>;
