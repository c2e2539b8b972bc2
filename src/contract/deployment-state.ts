import * as z from 'zod';

export const DeploymentState = z.enum([
  'selecting',
  'copying',
  'adapting',
  'verifying',
  'starting',
  'checking',
  'running',
  'unhealthy',
  'stopped',
  'waiting',
  'cleaning',
  'cleaned',
]);
export type DeploymentState = z.infer<typeof DeploymentState>;

export const LastError = z.object({
  code: z.string(),
  message: z.string(),
  next: z.string(),
  evidence: z.string().nullable(),
  /** What could be meant, where that has to be said; absent otherwise. */
  candidates: z.array(z.string()).optional(),
});
export type LastError = z.infer<typeof LastError>;
