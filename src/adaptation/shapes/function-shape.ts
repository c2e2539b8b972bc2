import type { CallStyle } from '../../contract/run-interface.js';
import type { Recipe } from '../../registry/recipe.js';
import { chooseCallStyle } from './call-style.js';
import { chooseTarget } from './choose-target.js';
import { describeFunction, describeSignature, recognizeUnchanged } from './function-interface.js';

/** A module-level function that takes all its inputs as one dict: `predict(inputs)`, `run(payload)`. */
export const inputsFunction = createFunctionRecipe('inputs-function', 'inputs', 'called with all inputs as one dict');

/** A module-level function with named parameters: `summarize(text, max_words=40)`. */
export const argumentsFunction = createFunctionRecipe(
  'arguments-function',
  'arguments',
  'called with the inputs by name',
);

function createFunctionRecipe(name: string, style: CallStyle, how: string): Recipe {
  return {
    name,
    async recognize({ facts, entry }) {
      if (entry !== undefined) return undefined;
      const target = chooseTarget(facts);
      if (target?.kind !== 'function' || chooseCallStyle(target.parameters) !== style) return undefined;
      const signature = describeSignature(target.callable, target.parameters);
      return recognizeUnchanged(
        `recognized \`${signature}\` in ${target.file}, ${how}`,
        describeFunction({ entry: target }, style),
      );
    },
  };
}
