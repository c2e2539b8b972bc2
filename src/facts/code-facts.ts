import * as z from 'zod';
import { Facts } from '../contract/facts.js';

/** The output of the Python program in `hosts/python/berth_facts`. */
export const CodeFacts = Facts.pick({
  entryPoints: true,
  documentedCalls: true,
  frameworks: true,
  models: true,
  syntaxErrors: true,
  imports: true,
  images: true,
  notes: true,
}).extend({
  gpu: z.array(z.object({ evidence: z.string(), isOptional: z.boolean() })),
  /** Top-level names of imported modules outside the repository, including the standard library. */
  thirdParty: z.array(z.string()),
  /** Requirements of setup.py and setup.cfg. */
  setup: z.array(z.object({ file: z.string(), requires: z.array(z.string()), python: z.string().nullable() })),
});
export type CodeFacts = z.infer<typeof CodeFacts>;

export const emptyCodeFacts: CodeFacts = {
  entryPoints: [],
  documentedCalls: [],
  frameworks: [],
  models: [],
  syntaxErrors: [],
  imports: {},
  images: [],
  notes: [],
  gpu: [],
  thirdParty: [],
  setup: [],
};
