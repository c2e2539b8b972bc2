import { BerthError } from '../errors.js';
import { loadModule } from '../runners/load-runner.js';

/** Milliseconds that the function of a module may take. */
const callTimeout = 15_000;

/**
 * Calls a function that a module of a strategy exports, and returns its result.
 *
 * @throws STRATEGY_BROKEN when the module does not load or export the function, or the function fails or takes too long.
 */
export async function callModuleFunction(module: string, name: string, argument: unknown): Promise<unknown> {
  const { [name]: implementation } = await loadModule(module);
  if (typeof implementation !== 'function')
    throw new BerthError('STRATEGY_BROKEN', `${module} exports no function called ${name}`);
  return await withTimeout(`${module}: ${name}`, Promise.resolve(implementation(argument)));
}

async function withTimeout(label: string, result: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_, reject) => {
    const error = new BerthError('STRATEGY_BROKEN', `${label} did not return within ${callTimeout / 1000} s`);
    timer = setTimeout(() => reject(error), callTimeout);
  });
  try {
    return await Promise.race([result, expiry]);
  } catch (error) {
    if (error instanceof BerthError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new BerthError('STRATEGY_BROKEN', `${label} fails: ${message}`, {}, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
