import { z } from 'zod';

/** What the software may use. Quantities as Kubernetes writes them (`512Mi`, `16Gi`); `cpu` in cores; `timeout` in seconds per call. */
export const Resources = z.strictObject({
  cpu: z.number().positive().optional(),
  memory: z
    .string()
    .regex(/^\d+(\.\d+)?(Ki|Mi|Gi|Ti|K|M|G|T)?$/, 'is a quantity such as 512Mi or 16Gi')
    .optional(),
  gpu: z.string().min(1).optional(),
  timeout: z.number().positive().optional(),
  concurrency: z.number().int().positive().optional(),
  replicas: z.number().int().positive().optional(),
});
export type Resources = z.infer<typeof Resources>;
