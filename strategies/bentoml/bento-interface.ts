import * as z from 'zod';
import type { RunPlan } from '../../src/contract/handle.js';
import { BerthError } from '../../src/errors.js';

/** The `bentoml` run interface: the service to serve, and which of its APIs to call. */
export const BentoInterface = z.looseObject({
  type: z.literal('bentoml'),
  /** `MODULE:CLASS`, or `MODULE`, in which BentoML finds the service that the others are dependencies of. */
  service: z.string().regex(/^[\w.]+(:\w+)?$/, 'is MODULE:CLASS'),
  /** Route or name of the API; by default the only one, or the one named `predict`. */
  predict_path: z.string().regex(/^\//, 'begins with /').optional(),
  api: z.string().optional(),
  /**
   * `inputs` wraps the inputs in the API's only parameter, `arguments` never wraps them. By default their shape
   * decides.
   */
  call: z.enum(['inputs', 'arguments']).optional(),
  /** Key of the reply that holds the output, for a service that wraps it. */
  output_key: z.string().optional(),
  /** Puts Berth's host modules on Python's path, for a service that loads a Cog predictor with them. */
  cog: z.boolean().default(false),
  /** Does the same for an entry of another kind. */
  host: z.boolean().default(false),
  /** Variables that the code declares, each `NAME=VALUE`. The user's own take precedence. No secrets. */
  environment: z.array(z.string().regex(/^[^=]+=/, 'is NAME=VALUE')).default([]),
  /** Directories to put on Python's path, relative to the revision. */
  paths: z.array(z.string()).default(['.']),
});
export type BentoInterface = z.infer<typeof BentoInterface>;

/** @throws START_FAILED naming what is wrong. */
export function parseBentoInterface({ runInterface }: Pick<RunPlan, 'runInterface'>): BentoInterface {
  const { success, data, error } = BentoInterface.safeParse(runInterface);
  if (success) return data;
  const problems = error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ');
  throw new BerthError('START_FAILED', `the run interface is not valid for the bentoml strategy: ${problems}`, {
    evidence: JSON.stringify(runInterface),
  });
}
