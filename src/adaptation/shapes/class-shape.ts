import type { EntryPoint } from '../../contract/facts.js';
import type { Recipe } from '../../registry/recipe.js';
import { chooseCallStyle } from './call-style.js';
import { findCalledMethod } from './called-method.js';
import { chooseTarget } from './choose-target.js';
import { describeFunction, describeSignature, recognizeUnchanged } from './function-interface.js';

/**
 * A class with `predict`, `run` or `__call__`, instantiated once without arguments; its `setup()`, if any, is called once.
 * A class that needs arguments is called through its module-level instance.
 */
export const predictorClass: Recipe = {
  name: 'predictor-class',
  async recognize({ facts, entry }) {
    if (entry !== undefined) return undefined;
    const target = chooseTarget(facts);
    if (target === undefined || target.kind === 'function') return undefined;
    const method = findCalledMethod(target);
    if (method === undefined) return undefined;
    const signature = describeSignature(`${target.callable}.${method}`, target.parameters);
    const setup = target.kind === 'object' ? '' : describeSetup(target);
    return recognizeUnchanged(
      `recognized \`${signature}\` in ${target.file}${setup}`,
      describeFunction({ entry: target, method }, chooseCallStyle(target.parameters)),
    );
  },
};

const describeSetup = ({ methods }: EntryPoint): string =>
  methods.includes('setup') ? ', instantiated and set up once' : ', instantiated once';
