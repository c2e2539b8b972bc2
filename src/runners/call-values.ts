import type { Answer } from '../contract/answer.js';
import { toPlainInputs } from '../json/write-inputs.js';
import { answerInvalidInputs } from './answer-invalid-inputs.js';
import type { CallOptions, Runner } from './runner.js';
import { streamCall } from './stream-call.js';

// A call with values. A runner that takes text sees to its inputs itself; every other is given values that JSON holds.

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
