import { patched } from '@temporalio/workflow';

// Each change of the order of commands that a history may already hold. A run that began before the change and is
// replayed goes the earlier way up to where its history ends (docs/decisions/2026-11-24-versions.md).

/** A new run takes over at one moment for supervision and changes alike; before, each of them ended by itself. */
export const takesOverAtOnce = (): boolean => patched('2026-11-24-takes-over-at-once');

/** What is asked of a run whose changes have ended by themselves is made all the same, as long as it is supervised. */
export const makesWhatCameLate = (): boolean => patched('2026-11-24-makes-what-came-late');
