import type { DeploymentInfo } from '../contract/status.js';
import { BerthError, isErrorCode } from '../errors.js';

/**
 * Returns the info of a deployment.
 *
 * @throws the error of an invalid request, whose deployment is undone.
 */
export function requireValidRequest(info: DeploymentInfo): DeploymentInfo {
  if (info.state === 'cleaned' && info.lastError !== null) throw toDeploymentError(info);
  return info;
}

/** Finds the error of a change that waits or is not live; null for one that is live or unchanged. */
export function findChangeError(info: DeploymentInfo, id: string): BerthError | null {
  const { name, source, change, changes } = info;
  if (change?.id === id) return toDeploymentError({ ...info, lastError: change.lastError });
  const past = changes.find((one) => one.id === id);
  if (past?.outcome === 'live' || past?.outcome === 'unchanged') return null;
  if (past?.lastError) return toDeploymentError({ ...info, lastError: past.lastError });
  const outcome = past === undefined ? `the deployment is ${info.state}` : `${past.outcome}: ${past.note}`;
  return new BerthError('REDEPLOY_FAILED', `${id} of ${name} is ${outcome}`, { name, path: source.path });
}

/** Creates the error with which a deployment ended or waits. */
export function toDeploymentError({ name, state, source, lastError }: DeploymentInfo): BerthError {
  const code = lastError !== null && isErrorCode(lastError.code) ? lastError.code : 'NOT_RUNNING';
  const evidence = lastError?.evidence ?? undefined;
  return new BerthError(code, lastError?.message ?? `${name} is ${state}`, {
    name,
    path: source.path,
    ...(evidence === undefined ? {} : { evidence }),
    ...(lastError?.candidates !== undefined && { candidates: lastError.candidates }),
    ...(lastError !== null && { next: lastError.next }),
  });
}
