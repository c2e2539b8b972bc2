import { describePath, InvalidInputsError } from '../../../src/json/invalid-inputs-error.js';
import { JsonNumber } from '../../../src/json/json-number.js';
import { toPlainInputs } from '../../../src/json/write-inputs.js';
import type { GraphInterface } from '../graph-interface.js';

/** Request of a caller: a run with inputs, or the resumption of an interrupted one. */
export type GraphCall = { thread: string | null; input: unknown } | { thread: string; resume: unknown };

/** Parses a call's inputs, with the reserved keys, into a form that the server can take. */
export async function parseGraphCall(inputs: unknown, graph: GraphInterface): Promise<GraphCall | { problem: string }> {
  try {
    const plain = await toPlainInputs(inputs);
    refuseLargeIntegers(plain, []);
    return parseReservedKeys(plain, graph);
  } catch (error) {
    if (error instanceof InvalidInputsError) return { problem: error.message };
    throw error;
  }
}

/** Refuses integers of more than 64 bits, which the server's JSON parser silently turns into floats. */
function refuseLargeIntegers(value: unknown, path: (string | number)[]): void {
  if (typeof value === 'bigint' || value instanceof JsonNumber) {
    const integer = value.valueOf();
    if (typeof integer !== 'bigint' || (integer >= -(2n ** 63n) && integer < 2n ** 64n)) return;
    throw new InvalidInputsError(
      `${describePath(path)} is ${integer}, which the LangGraph server would round: it has more than 64 bits`,
    );
  }
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) for (const [index, item] of value.entries()) refuseLargeIntegers(item, [...path, index]);
  else for (const [name, item] of Object.entries(value)) refuseLargeIntegers(item, [...path, name]);
}

/**
 * Reads the two reserved keys of a call's inputs, named after the server's own `__error__` and `__interrupt__`:
 * - `__thread__`: name of the conversation, any text. Its state is stored; without it each call has its own state.
 * - `__resume__`: value for which an interrupted thread waits, with `__thread__` and no other key.
 */
function parseReservedKeys(inputs: unknown, { inputKey }: GraphInterface): GraphCall | { problem: string } {
  const wrap = (input: unknown) => (inputKey === null ? input : { [inputKey]: input });
  if (typeof inputs !== 'object' || inputs === null || Array.isArray(inputs))
    return { thread: null, input: wrap(inputs) };
  const { __thread__: thread = null, __resume__: resume, ...input } = inputs as Record<string, unknown>; // an object, as checked above
  if (thread !== null && (typeof thread !== 'string' || thread === ''))
    return { problem: '__thread__ is the name of a thread, as text' };
  if (resume === undefined) return { thread, input: wrap(input) };
  if (thread === null) return { problem: '__resume__ needs __thread__: which thread is resumed' };
  if (resume === null) return { problem: '__resume__ is null, with which the server resumes nothing' };
  const others = Object.keys(input).join(', ');
  if (others !== '') return { problem: `__resume__ takes no other inputs beside __thread__, and there are: ${others}` };
  return { thread, resume };
}
