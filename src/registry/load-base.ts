import { BaseImages } from '../contract/revision.js';
import { BerthError } from '../errors.js';
import type { AdaptedCode } from './base.js';
import { callModuleFunction } from './call-module-function.js';

/**
 * What a strategy's own module finds of a base; null where it cannot tell. STRATEGY_BROKEN when it does not load, exports no
 * `findBase`, throws, answers something else than a base, or does not answer.
 */
export async function loadBase(module: string, code: AdaptedCode): Promise<BaseImages | null> {
  const base = await callModuleFunction(module, 'findBase', code);
  if (base === undefined) return null;
  const { success, data } = BaseImages.safeParse(base);
  if (success) return data;
  const shown = JSON.stringify(base)?.slice(0, 200);
  throw new BerthError('STRATEGY_BROKEN', `${module}: findBase answers no record of name and id: ${shown}`);
}
