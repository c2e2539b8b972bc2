import { BerthError } from '../errors.js';
import { loadModule } from '../runners/load-runner.js';
import type { FindNeeds } from './need.js';

/** The `findNeeds` that a strategy's own module exports. STRATEGY_BROKEN when it does not load or exports none. */
export async function loadNeeds(module: string): Promise<FindNeeds> {
  const { findNeeds } = await loadModule(module);
  if (typeof findNeeds === 'function') return findNeeds as FindNeeds; // Its answer is shown, not trusted.
  throw new BerthError('STRATEGY_BROKEN', `${module} exports no function called findNeeds`);
}
