import type { CallStyle } from '../../contract/run-interface.js';
import type { Recipe } from '../../registry/recipe.js';
import { chooseCallStyle } from './call-style.js';
import { findCalledMethod } from './called-method.js';
import { getSignature, hasReadableSignature } from './called-signature.js';
import { describeCog, findCogTarget, isCogEntry } from './cog-shape.js';
import { findEntry } from './find-entry.js';
import { describeFunction, describeSignature, formatEntry, recognizeAsIs, type Target } from './function-interface.js';

/** What the user named with `--entry`: it is called whatever else there is. */
export const namedEntry: Recipe = {
  name: 'entry',
  async recognize(input) {
    const { facts, entry } = input;
    if (entry === undefined) return undefined;
    const target = await findEntry(entry, input);
    const isCogs = isCogEntry(entry, facts) || target.entry === findCogTarget(facts)?.entry;
    if (target.method === undefined && isCogs) return describeCog(facts, target);
    const called = resolveMethod(target);
    const { summary, call } = describeCall(called);
    return recognizeAsIs(summary, describeFunction(called, call));
  },
};

/** A class's method is named in the run interface, so that whoever reads it knows what is called. */
function resolveMethod({ entry, method, ...rest }: Target): Target {
  const called = method ?? (entry.kind === 'class' ? findCalledMethod(entry) : undefined);
  return called === undefined ? { entry, ...rest } : { entry, method: called, ...rest };
}

function describeCall(called: Target): { summary: string; call: CallStyle } {
  const { entry, method, isUnseen } = called;
  const name = formatEntry(called).split(':').at(-1) ?? '';
  const place = entry.file === '' ? `the installed module ${entry.module}` : entry.file;
  if (hasReadableSignature(entry, method)) {
    const { parameters } = getSignature(entry, method);
    const signature = describeSignature(name, parameters);
    return { summary: `calls \`${signature}\` in ${place}, as --entry says`, call: chooseCallStyle(parameters) };
  }
  const unread = isUnseen ? 'reading does not see it' : 'reading does not see how it is called';
  return { summary: `calls \`${name}\` in ${place}, as --entry says; ${unread}, the import decides`, call: 'auto' };
}
