import type { CallStyle } from '../../contract/run-interface.js';
import type { Recipe } from '../../registry/recipe.js';
import { chooseCallStyle } from './call-style.js';
import { findCalledMethod } from './called-method.js';
import { getSignature, hasReadableSignature } from './called-signature.js';
import { describeCog, findCogTarget, isCogEntry } from './cog-shape.js';
import { findEntry } from './find-entry.js';
import {
  describeFunction,
  describeSignature,
  formatEntry,
  recognizeUnchanged,
  type Target,
} from './function-interface.js';

/** The callable that the user named with `--entry`; it takes precedence over any other shape. */
export const namedEntry: Recipe = {
  name: 'entry',
  async recognize(input) {
    const { facts, entry } = input;
    if (entry === undefined) return undefined;
    const target = await findEntry(entry, input);
    const isPredictor = isCogEntry(entry, facts) || target.entry === findCogTarget(facts)?.entry;
    if (target.method === undefined && isPredictor) return describeCog(facts, target);
    const called = resolveMethod(target);
    const { summary, call } = describeCall(called);
    return recognizeUnchanged(summary, describeFunction(called, call));
  },
};

/** Adds the default method of a class, so that the run interface names it. */
function resolveMethod({ entry, method, ...rest }: Target): Target {
  const called = method ?? (entry.kind === 'class' ? findCalledMethod(entry) : undefined);
  return called === undefined ? { entry, ...rest } : { entry, method: called, ...rest };
}

function describeCall(called: Target): { summary: string; call: CallStyle } {
  const { entry, method, isUnlisted } = called;
  const name = formatEntry(called).split(':').at(-1) ?? '';
  const location = entry.file === '' ? `the installed module ${entry.module}` : entry.file;
  if (hasReadableSignature(entry, method)) {
    const { parameters } = getSignature(entry, method);
    const signature = describeSignature(name, parameters);
    return { summary: `calls \`${signature}\` in ${location}, named by --entry`, call: chooseCallStyle(parameters) };
  }
  const unknown = isUnlisted ? 'it' : 'its signature';
  return {
    summary: `calls \`${name}\` in ${location}, named by --entry; ${unknown} is known only after the import`,
    call: 'auto',
  };
}
