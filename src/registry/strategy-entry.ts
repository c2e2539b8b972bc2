import type { StrategyConfig } from '../contract/strategy-config.js';
import type { Need } from './need.js';

/** A directory that contains a strategy, or an attempt at one. */
export interface StrategyEntry {
  name: string;
  directory: string;
  origin: 'built-in' | 'user';
  /** `unavailable`: valid, but it has no runner, or needs that this machine does not meet. `broken`: its files are invalid. */
  state: 'ready' | 'unavailable' | 'broken';
  /** Reason why it cannot be used, with file and line if known; null if it can. */
  problem: string | null;
  config: StrategyConfig | null;
}

/** An entry with its availability on this machine. */
export interface StrategyAvailability extends StrategyEntry {
  /** Needs that this machine does not meet. */
  unmetNeeds: Need[];
}

/** A valid strategy with the texts and modules of its directory. */
export interface LoadedStrategy extends StrategyEntry {
  state: 'ready' | 'unavailable';
  config: StrategyConfig;
  selectorInstruction: string;
  adapterInstruction: string;
  /** Absolute path of `runner.ts` or `runner.js`; null if there is none. */
  runnerModule: string | null;
  /** Absolute path of `recipes.ts` or `recipes.js`; null if there is none. */
  recipesModule: string | null;
  /** Absolute path of `needs.ts` or `needs.js`; null if it needs nothing but Python. */
  needsModule: string | null;
  /** Absolute path of `base.ts` or `base.js`; null if it builds on no images. */
  baseModule: string | null;
  /** Absolute path of `conformance.ts` or `conformance.js`; null if the conformance suite needs no settings. */
  conformanceModule: string | null;
  /** Absolute path of `conformance`, the solution that the suite serves; null for the suite's default solution. */
  conformanceSolution: string | null;
}

export interface BrokenStrategy extends StrategyEntry {
  state: 'broken';
  problem: string;
}
