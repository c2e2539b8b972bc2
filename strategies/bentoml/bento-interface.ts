import * as z from 'zod';
import type { RunPlan } from '../../src/contract/handle.js';
import { BerthError } from '../../src/errors.js';

/** The `bentoml` interface: which service is served, and which of its APIs is called. */
export const BentoInterface = z.looseObject({
  type: z.literal('bentoml'),
  /** `MODULE:CLASS`; `MODULE` where BentoML itself finds the one that the others serve. */
  service: z.string().regex(/^[\w.]+(:\w+)?$/, 'is MODULE:CLASS'),
  /** The API's route, or its name; by default the only one, or the one that is named `predict`. */
  predict_path: z.string().regex(/^\//, 'begins with /').optional(),
  api: z.string().optional(),
  /** `inputs`: wrapped in the API's only parameter; `arguments`: never wrapped. By default what the inputs look like. */
  call: z.enum(['inputs', 'arguments']).optional(),
  /** Key of the answer under which the result is, where the service wraps it. */
  output_key: z.string().optional(),
  /** True: our host's modules are on Python's path, for a service that loads a Cog predictor with them. */
  cog: z.boolean().default(false),
  /** The same for an entry of another kind. */
  host: z.boolean().default(false),
  /** Variables that the code itself asks for, each `NAME=VALUE`: below the user's own. No secrets. */
  environment: z.array(z.string().regex(/^[^=]+=/, 'is NAME=VALUE')).default([]),
  /** Directories put on Python's path, relative to the revision. */
  paths: z.array(z.string()).default(['.']),
});
export type BentoInterface = z.infer<typeof BentoInterface>;

/** Throws START_FAILED with what is wrong. */
export function parseBentoInterface({ runInterface }: Pick<RunPlan, 'runInterface'>): BentoInterface {
  const { success, data, error } = BentoInterface.safeParse(runInterface);
  if (success) return data;
  const problems = error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ');
  throw new BerthError('START_FAILED', `the run interface is no Bento service’s: ${problems}`, {
    evidence: JSON.stringify(runInterface),
  });
}
