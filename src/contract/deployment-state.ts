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
  /** Values that the user may have meant; absent when there is nothing to choose from. */
  candidates: z.array(z.string()).optional(),
});
export type LastError = z.infer<typeof LastError>;
