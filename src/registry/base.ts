import type { RunPlan } from '../contract/handle.js';
import type { BaseImages } from '../contract/revision.js';

/** Adapted code of a revision, and the interface to call it. */
export type AdaptedCode = Pick<RunPlan, 'directory' | 'provider' | 'runInterface'>;

/**
 * Finds the base images that this code would be built on now, so that a redeploy can detect a change; undefined if they
 * are unknown. Exported by a strategy's `base` module. Changes nothing, and returns within seconds.
 */
export type FindBaseImages = (code: AdaptedCode) => Promise<BaseImages | undefined>;
