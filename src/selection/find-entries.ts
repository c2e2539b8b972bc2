import { BerthError } from '../errors.js';
import {
  type DeployConstraints,
  describeNeeds,
  hasProvider,
  isExposable,
  type StrategyEntry,
  type StrategyRegistry,
} from '../registry/index.js';

/**
 * Finds the strategies to choose from. A single allowed one must be usable on this machine; of several, those that are not
 * usable are marked unavailable. Strategies that cost money are available only if the user names them.
 *
 * @throws STRATEGY_UNKNOWN, STRATEGY_BROKEN, STRATEGY_UNAVAILABLE, STRATEGY_NOT_ALLOWED, PROVIDER_UNKNOWN,
 * EXPOSE_UNSUPPORTED, RESOURCE_INVALID, TOOL_MISSING
 */
export async function findEntries(
  registry: StrategyRegistry,
  constraints: DeployConstraints,
): Promise<StrategyEntry[]> {
  registry.requireDeployable(constraints);
  const names = constraints.allow && [...new Set(constraints.allow)];
  const [only, ...others] = names ?? [];
  if (only !== undefined && others.length === 0) return [await requireUsable(registry, only, constraints.provider)];
  const sound = registry.listEntries().filter(({ state }) => state !== 'broken');
  const entries = names?.map((name) => registry.getEntry(name)) ?? sound.map(excludeBilled);
  return await Promise.all(entries.map((entry) => markUnusable(registry, entry, constraints)));
}

async function requireUsable(
  registry: StrategyRegistry,
  name: string,
  provider: string | undefined,
): Promise<StrategyEntry> {
  const entry = registry.requireReady(name);
  const unmet = await registry.findUnmetNeeds(name, provider);
  if (unmet.length === 0) return entry;
  throw new BerthError('TOOL_MISSING', `cannot deploy to ${provider ?? name}: ${describeNeeds(unmet)}`, {
    strategy: name,
  });
}

/** Marks an entry unavailable if it does not meet the user's constraints, or lacks something on this machine. */
async function markUnusable(
  registry: StrategyRegistry,
  entry: StrategyEntry,
  { provider, expose, schedule }: DeployConstraints,
): Promise<StrategyEntry> {
  if (entry.state !== 'ready' || entry.config === null) return entry;
  const mark = (problem: string): StrategyEntry => ({ ...entry, state: 'unavailable', problem });
  if (provider !== undefined && !hasProvider(entry.config, provider)) return mark(`it does not run on ${provider}`);
  if (expose !== undefined && !isExposable(entry.config, provider))
    return mark('other machines cannot call its software');
  if (schedule !== undefined && !entry.config.schedulable) return mark('it cannot run software on a schedule');
  return await registry.checkAvailability(entry, provider);
}

/** Excludes a strategy that costs money: it is never chosen without the user's consent. */
function excludeBilled(entry: StrategyEntry): StrategyEntry {
  const billed = entry.config?.billed;
  if (entry.state !== 'ready' || billed === undefined) return entry;
  const problem = `${billed}, so it is chosen only if you name it: --strategy ${entry.name}, or include it in --allow`;
  return { ...entry, state: 'unavailable', problem };
}
