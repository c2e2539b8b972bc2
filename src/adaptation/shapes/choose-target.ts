import type { EntryPoint, Facts } from '../../contract/facts.js';
import { BerthError } from '../../errors.js';
import { findConventionalTargets } from './find-conventional-targets.js';
import { describeSignature, formatEntry } from './function-interface.js';

/** Maximum candidates that an error lists; it counts the rest. */
const maxListed = 12;

/**
 * Returns the callable that the convention selects; undefined if there is none.
 *
 * @throws ENTRY_AMBIGUOUS when there are several
 */
export function chooseTarget(facts: Facts): EntryPoint | undefined {
  const targets = findConventionalTargets(facts);
  if (targets.length > 1) throw ambiguousEntryError(targets);
  return targets[0];
}

function ambiguousEntryError(targets: EntryPoint[]): BerthError {
  const lines = targets
    .slice(0, maxListed)
    .map(
      (entry) =>
        `  --entry ${formatEntry({ entry })}   ${describeSignature(entry.callable, entry.parameters)} in ${entry.file}:${entry.line}`,
    );
  const more = targets.length > maxListed ? [`  and ${targets.length - maxListed} more`] : [];
  const [first] = targets;
  return new BerthError(
    'ENTRY_AMBIGUOUS',
    [`${targets.length} callables could be the entry; choose one:`, ...lines, ...more].join('\n'),
    {
      ...(first && { entry: formatEntry({ entry: first }) }),
      candidates: targets.map((entry) => formatEntry({ entry })),
    },
  );
}
