import type { Answer } from '../contract/answer.js';
import type { CallOptions, Runner } from './runner.js';

/** A call bit by bit; by a runner that knows no chunks, its answer alone. */
export async function* streamCall(
  runner: Pick<Runner, 'run' | 'stream'>,
  inputs: unknown,
  options?: CallOptions,
): AsyncGenerator<unknown, Answer> {
  return runner.stream === undefined ? await runner.run(inputs, options) : yield* runner.stream(inputs, options);
}
