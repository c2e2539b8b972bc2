import type { RunPlan } from '../contract/handle.js';

type ResourceName = keyof RunPlan['resources'];

/** Returns the resources of the plan that are among `names`. */
export const listRequestedResources = (
  { resources }: Pick<RunPlan, 'resources'>,
  names: readonly ResourceName[],
): ResourceName[] => names.filter((name) => resources[name] !== undefined);

/** Returns a line with the resources of the plan that its strategy does not limit; undefined if it limits all. */
export function describeUnboundResources(
  plan: Pick<RunPlan, 'resources' | 'strategy'>,
  unbound: readonly ResourceName[],
): string | undefined {
  const names = listRequestedResources(plan, unbound);
  if (names.length === 0) return undefined;
  return `the ${plan.strategy} strategy sets no bound for ${names.join(', ')}: the software sees the whole machine`;
}
