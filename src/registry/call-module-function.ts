import { BerthError } from '../errors.js';
import { loadModule } from '../runners/load-runner.js';

/** Milliseconds that looking around may take. */
const callTimeout = 15_000;

/**
 * What a function that a strategy's own module exports says. STRATEGY_BROKEN when the module does not load or exports no such
 * function, and when that throws or does not answer.
 */
export async function callModuleFunction(module: string, name: string, asked: unknown): Promise<unknown> {
  const { [name]: answer } = await loadModule(module);
  if (typeof answer !== 'function')
    throw new BerthError('STRATEGY_BROKEN', `${module} exports no function called ${name}`);
  return await withTimeout(`${module}: ${name}`, Promise.resolve(answer(asked)));
}

async function withTimeout(asked: string, answer: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    const why = new BerthError('STRATEGY_BROKEN', `${asked} did not answer within ${callTimeout / 1000} s`);
    timer = setTimeout(() => reject(why), callTimeout);
  });
  try {
    return await Promise.race([answer, silence]);
  } catch (error) {
    if (error instanceof BerthError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new BerthError('STRATEGY_BROKEN', `${asked} fails: ${message}`, {}, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
