import { findJson } from './find-json.js';
import {
  SelectionAnswer,
  type SelectionExchange,
  type SelectionModel,
  type SelectionQuestion,
} from './selection-model.js';

/** Maximum number of times that an invalid answer is sent back to the model for correction. */
const maxCorrections = 2;

/** The error for a model whose answers are all invalid. */
export class UnusableAnswerError extends Error {}

/**
 * Asks the model until its answer is valid. `onExchange` receives every question and answer.
 *
 * @throws UnusableAnswerError when no answer is valid, or the error that prevented the model from answering
 */
export async function chooseByModel(
  model: SelectionModel,
  question: SelectionQuestion,
  onExchange: (exchange: SelectionExchange) => void = () => {},
): Promise<SelectionAnswer> {
  let correction: SelectionQuestion['correction'];
  for (let attempt = 0; attempt <= maxCorrections; attempt++) {
    const reply = await model.choose({ ...question, ...(correction !== undefined && { correction }) });
    const parsed = parseAnswer(reply.answer, question);
    const mistake = typeof parsed === 'string' ? parsed : null;
    onExchange({ ...reply, mistake });
    if (typeof parsed !== 'string') return parsed;
    correction = { answer: reply.answer, mistake: parsed };
  }
  throw new UnusableAnswerError(`${maxCorrections + 1} answers of ${model.name} were invalid: ${correction?.mistake}`);
}

/** Parses the answer, or returns the mistake in it. */
function parseAnswer(text: string, { strategies }: SelectionQuestion): SelectionAnswer | string {
  const found = findJson(text);
  if (found === undefined) return 'it contains no JSON object';
  const { data, error } = SelectionAnswer.safeParse(found);
  if (error !== undefined)
    return error.issues.map(({ path, message }) => `${path.join('.') || 'the answer'}: ${message}`).join('; ');
  const names = strategies.map(({ name }) => name);
  return names.includes(data.strategy) ? data : `"${data.strategy}" is not one of ${names.join(', ')}`;
}
