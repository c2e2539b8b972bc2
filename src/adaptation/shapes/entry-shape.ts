import type { Recipe } from '../recipe.js';
import { chooseCallStyle } from './call-style.js';
import { findCalledMethod } from './called-method.js';
import { signatureOf } from './called-signature.js';
import { cogEntryOf, describeCog } from './cog-shape.js';
import { findEntry } from './find-entry.js';
import { describeFunction, describeSignature, recogniseAsIs, type Target, toEntry } from './function-interface.js';

/** What the user named with `--entry`: it is called whatever else there is. */
export const namedEntry: Recipe = {
  name: 'entry',
  async recognise({ facts, entry }) {
    if (entry === undefined) return undefined;
    const target = findEntry(entry, facts);
    if (target.method === undefined && target.entry === cogEntryOf(facts)?.entry) return describeCog(facts, target);
    const called = withCalledMethod(target);
    const { parameters } = signatureOf(called.entry, called.method);
    const signature = describeSignature(toEntry(called).split(':').at(-1) ?? '', parameters);
    return recogniseAsIs(
      `calls \`${signature}\` in ${target.entry.file}, as --entry says`,
      describeFunction(called, chooseCallStyle(parameters)),
    );
  },
};

/** A class's method is named in the run interface, so that whoever reads it knows what is called. */
function withCalledMethod({ entry, method }: Target): Target {
  const called = method ?? (entry.kind === 'class' ? findCalledMethod(entry) : undefined);
  return called === undefined ? { entry } : { entry, method: called };
}
