import type { Answer } from '../contract/answer.js';
import { toPlainInputs } from '../json/write-inputs.js';
import { answerInvalidInputs } from './answer-invalid-inputs.js';
import type { CallOptions, Runner } from './runner.js';
import { streamCall } from './stream-call.js';

// Calls with values. A runner that takes text converts the inputs itself; any other gets plain JSON values.

export const callValues = (runner: Runner, inputs: unknown, options?: CallOptions): Promise<Answer> =>
  runner.runText === undefined ? callWithPlainInputs(runner, inputs, options) : runner.run(inputs, options);

async function callWithPlainInputs(runner: Runner, inputs: unknown, options?: CallOptions): Promise<Answer> {
  let plain: unknown;
  try {
    plain = await toPlainInputs(inputs);
  } catch (error) {
    return answerInvalidInputs(error);
  }
  return await runner.run(plain, options);
}

export async function* streamValues(
  runner: Runner,
  inputs: unknown,
  options?: CallOptions,
): AsyncGenerator<unknown, Answer> {
  let plain = inputs;
  try {
    if (runner.runText === undefined) plain = await toPlainInputs(inputs);
  } catch (error) {
    return answerInvalidInputs(error);
  }
  return yield* streamCall(runner, plain, options);
}
