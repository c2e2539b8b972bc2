import type { Answer } from '../contract/answer.js';
import { readInputs } from '../json/read-inputs.js';
import { readExactJson } from '../json/read-json.js';
import { writeJson } from '../json/write-json.js';
import { answerInvalidInputs } from './answer-invalid-inputs.js';
import type { CallOptions, Runner } from './runner.js';
import { streamCall } from './stream-call.js';

// A call on JSON text: what the caller wrote reaches the software, and what that answers the caller, with every digit.

/** By a runner that takes no text, with the values that it says; bigints among them. */
export const callText = (runner: Runner, inputs: string, options?: CallOptions): Promise<string> =>
  runner.runText?.(inputs, options) ??
  callWithParsedInputs(inputs, { keepsDigits: false }, (values) => runner.run(values, options));

/** With values in which a JsonNumber has the digits of a number, in and out. */
export const callWithExactNumbers = async (runner: Runner, inputs: unknown, options?: CallOptions): Promise<Answer> =>
  readExactJson(await callText(runner, writeJson(inputs), options)) as Answer; // as the runner gives it

/** The same bit by bit: yields each chunk's text, returns the answer's. */
export const streamText = (runner: Runner, inputs: string, options?: CallOptions): AsyncGenerator<string, string> =>
  runner.streamText?.(inputs, options) ??
  streamWithParsedInputs(inputs, { keepsDigits: false }, (values) => streamCall(runner, values, options));

/** For a runner whose server is not given the text itself: inputs that would not arrive as they are written are CALL_INPUT. */
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
    await parts.return(undefined as never); // over already, or left: its answer is for nobody
  }
}
