import type { Answer } from '../contract/answer.js';
import { readInputs } from '../json/read-inputs.js';
import { readExactJson } from '../json/read-json.js';
import { writeJson } from '../json/write-json.js';
import { answerInvalidInputs } from './answer-invalid-inputs.js';
import type { CallOptions, Runner } from './runner.js';
import { streamCall } from './stream-call.js';

// Calls with JSON text, which keeps all digits of numbers in inputs and answers.

/** Makes a call with JSON text. A runner that takes no text gets the parsed values, which may include bigints. */
export const callText = (runner: Runner, inputs: string, options?: CallOptions): Promise<string> =>
  runner.runText?.(inputs, options) ??
  callWithParsedInputs(inputs, { keepsDigits: false }, (values) => runner.run(values, options));

/** Makes a call with values in which JsonNumbers keep all digits, in inputs and answers. */
export const callWithExactNumbers = async (runner: Runner, inputs: unknown, options?: CallOptions): Promise<Answer> =>
  readExactJson(await callText(runner, writeJson(inputs), options)) as Answer; // runners return valid answers

/** Makes a streamed call with JSON text. Yields the text of each chunk and returns the text of the answer. */
export const streamText = (runner: Runner, inputs: string, options?: CallOptions): AsyncGenerator<string, string> =>
  runner.streamText?.(inputs, options) ??
  streamWithParsedInputs(inputs, { keepsDigits: false }, (values) => streamCall(runner, values, options));

/**
 * Makes a call with parsed inputs, for a server without text. Answers CALL_INPUT if parsing would change the inputs.
 */
export async function callWithParsedInputs(
  inputs: string,
  options: { keepsDigits: boolean },
  call: (values: unknown) => Promise<Answer>,
): Promise<string> {
  let values: unknown;
  try {
    values = readInputs(inputs, options);
  } catch (error) {
    return writeJson(answerInvalidInputs(error));
  }
  return writeJson(await call(values));
}

export async function* streamWithParsedInputs(
  inputs: string,
  options: { keepsDigits: boolean },
  stream: (values: unknown) => AsyncGenerator<unknown, Answer>,
): AsyncGenerator<string, string> {
  let values: unknown;
  try {
    values = readInputs(inputs, options);
  } catch (error) {
    return writeJson(answerInvalidInputs(error));
  }
  const parts = stream(values);
  try {
    for (;;) {
      const { done, value } = await parts.next();
      if (done) return writeJson(value);
      yield writeJson(value);
    }
  } finally {
    await parts.return(undefined as never); // after its end or an early exit, no answer is needed
  }
}
