import { BerthError } from '../errors.js';
import { callModuleFunction } from './call-module-function.js';
import type { Need } from './need.js';

/**
 * What a strategy's own module finds of its needs. STRATEGY_BROKEN when it does not load, exports no `findNeeds`, throws,
 * answers something else than needs, or does not answer.
 */
export async function loadNeeds(module: string, provider: string | null): Promise<Need[]> {
  const needs = await callModuleFunction(module, 'findNeeds', provider);
  if (Array.isArray(needs) && needs.every(isNeed)) return needs;
  const told = JSON.stringify(needs)?.slice(0, 200);
  throw new BerthError(
    'STRATEGY_BROKEN',
    `${module}: findNeeds answers no list of { name, isMet, detail, remedy }: ${told}`,
  );
}

function isNeed(value: unknown): value is Need {
  if (typeof value !== 'object' || value === null) return false;
  const { name, isMet, detail, remedy } = value as Record<string, unknown>; // a plugin's: looked at key by key
  const isText = (part: unknown) => typeof part === 'string';
  return isText(name) && typeof isMet === 'boolean' && isText(detail) && (remedy === null || isText(remedy));
}
