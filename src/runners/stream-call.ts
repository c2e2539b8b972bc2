import type { Answer } from '../contract/answer.js';
import type { CallOptions, Runner } from './runner.js';

/** Makes a streamed call. A runner that does not stream yields only the answer. */
export async function* streamCall(
  runner: Pick<Runner, 'run' | 'stream'>,
  inputs: unknown,
  options?: CallOptions,
): AsyncGenerator<unknown, Answer> {
  return runner.stream === undefined ? await runner.run(inputs, options) : yield* runner.stream(inputs, options);
}
