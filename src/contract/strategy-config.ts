import * as z from 'zod';
import { Resources } from './resources.js';
import { RunInterface } from './run-interface.js';

/**
 * A selection rule: the name of a fact (`language:python`, `framework:langgraph`, `dependency:torch`; `*` matches any
 * characters) and the weight that it adds to the strategy's score.
 */
export const Signal = z.strictObject({ fact: z.string().min(1), weight: z.number(), reason: z.string().min(1) });
export type Signal = z.infer<typeof Signal>;

/** Configuration of a strategy: `strategies/<name>/config.yaml`. */
export const StrategyConfig = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'is lower-case letters, digits and hyphens'),
  /** Default provider; null is this machine. */
  provider: z.string().min(1).nullable(),
  /** Other providers. Used only when the user names one, because they may cost money. */
  providers: z.array(z.string().min(1)).default([]),
  interface: z.string().min(1),
  runner_class: z.string().regex(/^[A-Za-z_$][\w$]*$/, 'is the name of an exported class'),
  default_resources: Resources,
  run_interface: RunInterface,
  /** Phrase that describes what running it costs. A strategy that costs money is used only when the user names it. */
  billed: z.string().min(1).optional(),
  signals: z.array(Signal).default([]),
  /** Fact names, as in `signals`. A repository must have at least one of them. */
  takes: z.array(z.string().min(1)).min(1).default(['language:python']),
  /** True if its software is a server that other machines can reach. */
  exposable: z.boolean().default(false),
  /** True if its target can run the software on a schedule by itself (the resource `schedule`). */
  schedulable: z.boolean().default(false),
  /** `python`: Berth prepares a Python environment. `none`: the strategy provides what the code runs in. */
  environment: z.enum(['python', 'none']).default('python'),
  /** Requirement lines for that Python environment, in addition to those of the repository. */
  packages: z.array(z.string().min(1)).default([]),
});
export type StrategyConfig = z.infer<typeof StrategyConfig>;
