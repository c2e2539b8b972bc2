import type { RunPlan } from '../../../src/contract/handle.js';
import type { ServiceApi } from '../calls/service-api.js';
import type { Bento } from './build-bento.js';

/**
 * Reports that the service's own `traffic.timeout` ends calls before the caller's timeout does. Calls of a task
 * continue in the background. Returns undefined when the caller's timeout comes first, or there is no bento to read.
 */
export function describeServiceTimeout(
  plan: Pick<RunPlan, 'timeout'>,
  bento: Bento | undefined,
  { isTask }: ServiceApi,
): string | undefined {
  if (bento === undefined || isTask || bento.timeout >= plan.timeout) return undefined;
  const { entryService, timeout } = bento;
  return `${entryService} itself ends a call after ${timeout} s, before the ${plan.timeout} s of --timeout: its traffic.timeout says so`;
}
