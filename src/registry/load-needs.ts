import { BerthError } from '../errors.js';
import { callModuleFunction } from './call-module-function.js';
import type { Need } from './need.js';

/**
 * Calls `findNeeds` of a strategy's module.
 *
 * @throws STRATEGY_BROKEN when the module does not export `findNeeds`, or it fails or returns something else.
 */
export async function loadNeeds(module: string, provider: string | null): Promise<Need[]> {
  const needs = await callModuleFunction(module, 'findNeeds', provider);
  if (Array.isArray(needs) && needs.every(isNeed)) return needs;
  const excerpt = JSON.stringify(needs)?.slice(0, 200);
  throw new BerthError(
    'STRATEGY_BROKEN',
    `${module}: findNeeds does not return a list of { name, isMet, detail, remedy }: ${excerpt}`,
  );
}

function isNeed(value: unknown): value is Need {
  if (typeof value !== 'object' || value === null) return false;
  const { name, isMet, detail, remedy } = value as Record<string, unknown>; // a plugin returned it: check each key
  const isText = (part: unknown) => typeof part === 'string';
  return isText(name) && typeof isMet === 'boolean' && isText(detail) && (remedy === null || isText(remedy));
}
