import { BerthError } from '../errors.js';
import { loadModule } from '../runners/load-runner.js';
import type { Need } from './need.js';

/** Milliseconds that looking for them may take. */
const patience = 15_000;

/**
 * What a strategy's own module finds of its needs. STRATEGY_BROKEN when it does not load, exports no `findNeeds`, throws,
 * answers something else than needs, or does not answer.
 */
export async function loadNeeds(module: string, provider: string | null): Promise<Need[]> {
  const { findNeeds } = await loadModule(module);
  if (typeof findNeeds !== 'function')
    throw new BerthError('STRATEGY_BROKEN', `${module} exports no function called findNeeds`);
  const needs = await withinPatience(module, Promise.resolve(findNeeds(provider)));
  if (Array.isArray(needs) && needs.every(isNeed)) return needs;
  const told = JSON.stringify(needs)?.slice(0, 200);
  throw new BerthError(
    'STRATEGY_BROKEN',
    `${module}: findNeeds answers no list of { name, isMet, detail, remedy }: ${told}`,
  );
}

async function withinPatience(module: string, answer: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    const why = new BerthError('STRATEGY_BROKEN', `${module}: findNeeds did not answer within ${patience / 1000} s`);
    timer = setTimeout(() => reject(why), patience);
  });
  try {
    return await Promise.race([answer, silence]);
  } catch (error) {
    if (error instanceof BerthError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new BerthError('STRATEGY_BROKEN', `${module}: findNeeds fails: ${message}`, {}, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function isNeed(value: unknown): value is Need {
  if (typeof value !== 'object' || value === null) return false;
  const { name, isMet, detail, remedy } = value as Record<string, unknown>; // a plugin's: looked at key by key
  const isText = (part: unknown) => typeof part === 'string';
  return isText(name) && typeof isMet === 'boolean' && isText(detail) && (remedy === null || isText(remedy));
}
