import * as z from 'zod';

/**
 * Resources that the software may use. `memory` is a Kubernetes quantity (`512Mi`, `16Gi`), `cpu` counts cores, `timeout`
 * is seconds per call. `schedule` is a cron line or the time between two runs, for targets that run it by themselves.
 */
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
  schedule: z
    .string()
    .regex(
      /^((CRON_TZ=\S+ )?[\w*,/-]+( [\w*,/-]+){4}|(?=.*[1-9])(\d+[wdhms])+)$/,
      'is a cron line such as 30 4 * * 1-5 or CRON_TZ=Europe/Berlin 30 4 * * *, or a time such as 6h or 1d',
    )
    .optional(),
});
export type Resources = z.infer<typeof Resources>;
