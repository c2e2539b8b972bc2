import { Resources } from '../contract/resources.js';
import { BerthError } from '../errors.js';
import type { SelectionAnswer, SelectionModel, SelectionQuestion } from './selection-model.js';

/** How often a wrong answer is sent back with what is wrong in it. */
const corrections = 2;

/** Asks until the answer fits the allowed names and the schema. STRATEGY_UNDECIDED when it never does. */
export async function chooseByModel(model: SelectionModel, question: SelectionQuestion): Promise<SelectionAnswer> {
  let correction: string | undefined;
  for (let attempt = 0; attempt <= corrections; attempt++) {
    const answer = await model.choose({ ...question, ...(correction !== undefined && { correction }) });
    correction = findMistake(answer, question);
    if (correction === undefined) return answer;
  }
  const path = question.solution.path;
  throw new BerthError('STRATEGY_UNDECIDED', `the model chose nothing that can be used: ${correction}`, { path });
}

function findMistake({ strategy, resources }: SelectionAnswer, { strategies }: SelectionQuestion): string | undefined {
  const names = strategies.map(({ name }) => name);
  if (!names.includes(strategy)) return `"${strategy}" is not one of ${names.join(', ')}`;
  const parsed = Resources.safeParse(resources ?? {});
  if (parsed.success) return undefined;
  return parsed.error.issues.map(({ path, message }) => `resources.${path.join('.')}: ${message}`).join('; ');
}
