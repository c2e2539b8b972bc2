import type { RunPlan } from '../../../src/contract/handle.js';
import type { ServiceApi } from '../calls/service-api.js';
import type { Bento } from './build-bento.js';

/**
 * A service ends calls by its own `traffic.timeout`, however long their caller would wait; not those of a task, which go on
 * in the background. Undefined where the caller's limit comes first, or no bento tells.
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
