import type { RunPlan } from '../contract/handle.js';
import type { BaseImages } from '../contract/revision.js';

/** A revision's adapted code, and how it is to be called. */
export type AdaptedCode = Pick<RunPlan, 'directory' | 'provider' | 'runInterface'>;

/**
 * What a strategy's `base` module exports: what this code would be built on now, so that a redeploy knows whether that has
 * changed; undefined where it cannot be told. Looks and changes nothing; answers within seconds.
 */
export type FindBaseImages = (code: AdaptedCode) => Promise<BaseImages | undefined>;
