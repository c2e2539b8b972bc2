import type { EntryPoint, Facts } from '../../contract/facts.js';
import { BerthError } from '../../errors.js';
import { findConventionalTargets } from './conventional-targets.js';
import { describeSignature, toEntry } from './function-interface.js';

/** Candidates that an error lists before it only counts. */
const listed = 12;

/** The one callable that convention points to; undefined when it points nowhere. ENTRY_AMBIGUOUS when to several. */
export function chooseTarget(facts: Facts): EntryPoint | undefined {
  const targets = findConventionalTargets(facts);
  if (targets.length > 1) throw ambiguous(targets);
  return targets[0];
}

function ambiguous(targets: EntryPoint[]): BerthError {
  const lines = targets
    .slice(0, listed)
    .map(
      (entry) =>
        `  --entry ${toEntry({ entry })}   ${describeSignature(entry.callable, entry.parameters)} in ${entry.file}:${entry.line}`,
    );
  const more = targets.length > listed ? [`  and ${targets.length - listed} more`] : [];
  const [first] = targets;
  return new BerthError(
    'ENTRY_AMBIGUOUS',
    [`${targets.length} callables could be the one to call; say which:`, ...lines, ...more].join('\n'),
    { ...(first && { entry: toEntry({ entry: first }) }), candidates: targets.map((entry) => toEntry({ entry })) },
  );
}
