import { BaseImages } from '../contract/revision.js';
import { BerthError } from '../errors.js';
import type { AdaptedCode } from './base.js';
import { callModuleFunction } from './call-module-function.js';

/**
 * Calls `findBase` of a strategy's module; null if the base images are unknown.
 *
 * @throws STRATEGY_BROKEN when the module does not export `findBase`, or it fails or returns something else.
 */
export async function loadBase(module: string, code: AdaptedCode): Promise<BaseImages | null> {
  const base = await callModuleFunction(module, 'findBase', code);
  if (base === undefined) return null;
  const { success, data } = BaseImages.safeParse(base);
  if (success) return data;
  const excerpt = JSON.stringify(base)?.slice(0, 200);
  throw new BerthError('STRATEGY_BROKEN', `${module}: findBase does not return a record of name and id: ${excerpt}`);
}
