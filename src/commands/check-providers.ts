import { BerthError } from '../errors.js';
import type { StrategyRegistry } from '../registry/index.js';
import type { DiagnosticCheck } from '../stack/index.js';

/** Checks each provider other than a strategy's default. None is required: the user must name it with `--provider`. */
export async function checkProviders(registry: StrategyRegistry): Promise<DiagnosticCheck[]> {
  const ready = registry.listEntries().filter(({ state }) => state === 'ready');
  const pairs = ready.flatMap(({ name, config }) =>
    (config?.providers ?? []).map((provider) => ({ strategy: name, provider })),
  );
  return await Promise.all(pairs.map((pair) => checkProvider(registry, pair)));
}

async function checkProvider(
  registry: StrategyRegistry,
  { strategy, provider }: { strategy: string; provider: string },
): Promise<DiagnosticCheck> {
  const name = `${strategy} on ${provider}`;
  try {
    const unmet = await registry.findUnmetNeeds(strategy, provider);
    const ok = unmet.length === 0;
    const detail = ok ? 'ready' : unmet.map((need) => `${need.name}: ${need.detail}`).join('; ');
    const remedy = unmet.flatMap((need) => need.remedy ?? []).join('; ');
    return { name, ok, detail, remedy: ok ? null : remedy, isRequired: false };
  } catch (error) {
    const { message, next } = BerthError.from(error);
    return { name, ok: false, detail: message, remedy: next, isRequired: false, isBroken: true };
  }
}
