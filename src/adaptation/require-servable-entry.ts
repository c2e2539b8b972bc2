import type { Facts } from '../contract/facts.js';
import { BerthError } from '../errors.js';
import type { StrategyRegistry } from '../registry/index.js';

/** Frameworks whose objects code cannot call as functions: only a strategy for the framework serves them. */
const objectFrameworks = new Set(['langgraph']);

/**
 * Refuses an entry that names an object of a framework, such as a compiled graph, if the strategy has no signal for the
 * framework: recipes would only find other functions of its file.
 *
 * @throws ENTRY_NOT_FOUND naming the strategies that serve the object
 */
export function requireServableEntry(
  registry: Pick<StrategyRegistry, 'listEntries'>,
  strategy: string,
  { facts, entry }: { facts: Facts; entry?: string | undefined },
): void {
  const object = entry === undefined ? undefined : findFrameworkObject(facts, entry);
  if (object === undefined) return;
  const { framework, evidence } = object;
  const serving = registry
    .listEntries()
    .filter(({ config }) => config?.signals.some(({ fact, weight }) => weight > 0 && fact === `framework:${framework}`))
    .map(({ name }) => name);
  if (serving.length === 0 || serving.includes(strategy)) return;
  const message = `--entry ${entry} names a ${framework} object (${evidence}), which ${strategy} cannot call; ${serving.join(' or ')} serves it: use --strategy ${serving[0]}`;
  throw new BerthError('ENTRY_NOT_FOUND', message, { entry: entry ?? '' });
}

/** Finds the object by the evidence of its framework: `agent.py:12: graph = …` or `agent.py:12: @entrypoint agent`. */
function findFrameworkObject(
  { frameworks, entryPoints }: Facts,
  entry: string,
): { framework: string; evidence: string } | undefined {
  const [, location = '', callable] = /^(.+):([\p{L}_][\p{L}\p{M}\p{N}_]*)$/u.exec(entry) ?? [];
  const namesFile = (file: string): boolean => {
    const module = entryPoints.find((found) => found.file === file)?.module;
    return location.replace(/^\.\//, '') === file || location === (module ?? file.slice(0, -3).replaceAll('/', '.'));
  };
  for (const { name: framework, evidence } of frameworks) {
    const [, file = '', assigned, decorated] = /^(.+\.py):\d+: (?:(\w+) = |@\S*entrypoint (\w+)$)/.exec(evidence) ?? [];
    const isNamed = callable !== undefined && callable === (assigned ?? decorated) && namesFile(file);
    if (objectFrameworks.has(framework) && isNamed) return { framework, evidence };
  }
  return undefined;
}
