import * as z from 'zod';
import { Resources } from './resources.js';
import { RunInterface } from './run-interface.js';

/**
 * A rule of selection: a fact's name (`language:python`, `framework:langgraph`, `dependency:torch`; `*` stands for any
 * run of characters) and what it adds to the strategy's score.
 */
export const Signal = z.strictObject({ fact: z.string().min(1), weight: z.number(), reason: z.string().min(1) });
export type Signal = z.infer<typeof Signal>;

/** `strategies/<name>/config.yaml`: the seed's keys, and what selection and the ladder of checks need to know. */
export const StrategyConfig = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'is lower-case letters, digits and hyphens'),
  /** What it runs on when nobody says otherwise; null is this machine. */
  provider: z.string().min(1).nullable(),
  /** What else it can run on: only when the user names it, because it may cost money. */
  providers: z.array(z.string().min(1)).default([]),
  interface: z.string().min(1),
  runner_class: z.string().regex(/^[A-Za-z_$][\w$]*$/, 'is the name of an exported class'),
  default_resources: Resources,
  run_interface: RunInterface,
  /** What running it costs, in a sentence's words: only who names the strategy starts that. */
  billed: z.string().min(1).optional(),
  signals: z.array(Signal).default([]),
  /** Facts, as in `signals`: a repository must show one of them. */
  takes: z.array(z.string().min(1)).min(1).default(['language:python']),
  /** True when its software is a server that can listen for other machines, too. */
  exposable: z.boolean().default(false),
  /** True when its target can run the software by itself at set times (the resource `schedule`). */
  schedulable: z.boolean().default(false),
  /** What the code runs in: a Python environment that Berth prepares, or something that the strategy brings itself. */
  environment: z.enum(['python', 'none']).default('python'),
  /** Requirement lines that go into that Python environment beside the repository's own. */
  packages: z.array(z.string().min(1)).default([]),
});
export type StrategyConfig = z.infer<typeof StrategyConfig>;
