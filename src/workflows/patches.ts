import { patched } from '@temporalio/workflow';

// Each change of the order of commands that a history may already hold. A run that began before the change and is
// replayed goes the earlier way up to where its history ends (docs/decisions/2026-11-24-versions.md).

/** A new run takes over at one moment for supervision and changes alike; before, each of them ended by itself. */
export const takesOverAtOnce = (): boolean => patched('2026-11-24-takes-over-at-once');

/** A step whose host is away waits until it is back; before, it failed after three minutes. */
export const waitsForHost = (): boolean => patched('2026-11-29-waits-for-host');

/** `start` shows how the active revision is getting on, also beside a change that waits; before, it took that one's place. */
export const startsBesideWaiting = (): boolean => patched('2026-11-29-starts-beside-waiting');

/** The revision to go back to is not collected, and what a bake has kept is, once that is over. */
export const sparesWayBack = (): boolean => patched('2026-11-29-spares-way-back');

/** What is left over of a revision is ended again until it is gone; before, at the cleanup. */
export const endsLeftOvers = (): boolean => patched('2026-11-29-ends-left-overs');

/** A cleanup waits neither for calls to drain nor for the next try of an undo. */
export const hurriesCleanup = (): boolean => patched('2026-11-29-hurries-cleanup');

/** A bake's rollback goes before what waits or is on its way, and is tried again until it is done; before, neither. */
export const insistsOnWayBack = (): boolean => patched('2026-11-29-insists-on-way-back');

/** The server's index says how the newest change ended. */
export const listsLastChange = (): boolean => patched('2026-11-29-lists-last-change');

/** What is asked of a run whose changes have ended by themselves is made all the same, as long as it is supervised. */
export const makesWhatCameLate = (): boolean => patched('2026-11-24-makes-what-came-late');
