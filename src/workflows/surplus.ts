import type { Life } from './life.js';
import { sparesWayBack } from './patches.js';
import { previousRevision } from './revision.js';

/**
 * Kept revisions that are too many, oldest first. Never one of them: the active one, and the one that a bake goes
 * back to. Where two are kept, the second is the one that a rollback goes to.
 */
export function findSurplus(life: Life, keep: number): string[] {
  const before = findOldest(life, keep);
  const now = findSpared(life, keep);
  return before.join() === now.join() || !sparesWayBack() ? before : now;
}

function findSpared(life: Life, keep: number): string[] {
  const { active, info, kept, retreat } = life;
  const back = keep > 1 ? previousRevision(life)?.revision.id : undefined;
  const spared = new Set([active?.revision, info.bake?.previous, retreat?.to, back]);
  const ids = kept.map(({ revision }) => revision.id);
  const others = ids.filter((id) => !spared.has(id));
  const room = Math.max(0, keep - (ids.length - others.length));
  return others.slice(0, others.length - room);
}

/** As earlier runs chose. */
const findOldest = ({ kept, active }: Life, keep: number): string[] =>
  kept
    .map(({ revision }) => revision.id)
    .filter((id) => id !== active?.revision)
    .slice(0, -(keep - 1) || undefined);
