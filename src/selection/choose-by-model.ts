import { findJson } from './find-json.js';
import {
  SelectionAnswer,
  type SelectionExchange,
  type SelectionModel,
  type SelectionQuestion,
} from './selection-model.js';

/** How often a wrong answer is sent back with what is wrong in it. */
const maxCorrections = 2;

/** Nothing that the model answered can be used. */
export class UnusableAnswerError extends Error {}

/**
 * Asks until the answer fits the schema and the allowed names. `onExchange` hears every question and answer.
 *
 * Throws UnusableAnswer when it never does, and whatever keeps the model from answering.
 */
export async function chooseByModel(
  model: SelectionModel,
  question: SelectionQuestion,
  onExchange: (exchange: SelectionExchange) => void = () => {},
): Promise<SelectionAnswer> {
  let correction: SelectionQuestion['correction'];
  for (let attempt = 0; attempt <= maxCorrections; attempt++) {
    const reply = await model.choose({ ...question, ...(correction !== undefined && { correction }) });
    const read = parseAnswer(reply.answer, question);
    const mistake = typeof read === 'string' ? read : null;
    onExchange({ ...reply, mistake });
    if (typeof read !== 'string') return read;
    correction = { answer: reply.answer, mistake: read };
  }
  throw new UnusableAnswerError(
    `${maxCorrections + 1} answers of ${model.name} could not be used: ${correction?.mistake}`,
  );
}

/** The answer, or what is wrong with it. */
function parseAnswer(text: string, { strategies }: SelectionQuestion): SelectionAnswer | string {
  const found = findJson(text);
  if (found === undefined) return 'it holds no JSON object';
  const { data, error } = SelectionAnswer.safeParse(found);
  if (error !== undefined)
    return error.issues.map(({ path, message }) => `${path.join('.') || 'the answer'}: ${message}`).join('; ');
  const names = strategies.map(({ name }) => name);
  return names.includes(data.strategy) ? data : `"${data.strategy}" is not one of ${names.join(', ')}`;
}
