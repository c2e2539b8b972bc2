import type { StrategyConfig } from '../contract/strategy-config.js';
import type { Need } from './need.js';

/** One directory that is, or was meant to be, a strategy. */
export interface StrategyEntry {
  name: string;
  directory: string;
  origin: 'built-in' | 'user';
  /** `unavailable`: sound, but it has no runner, or this machine lacks what it needs. `broken`: its files are wrong; it hides only itself. */
  state: 'ready' | 'unavailable' | 'broken';
  /** Why it cannot be used, with file and line where there is one; null when it can. */
  problem: string | null;
  config: StrategyConfig | null;
}

/** An entry as this machine can use it. */
export interface StrategyAvailability extends StrategyEntry {
  /** What it cannot do without and this machine lacks. */
  unmetNeeds: Need[];
}

/** A sound strategy with the texts and modules of its directory. */
export interface LoadedStrategy extends StrategyEntry {
  state: 'ready' | 'unavailable';
  config: StrategyConfig;
  selectorInstruction: string;
  adapterInstruction: string;
  /** Absolute path of `runner.ts` or `runner.js`; null when there is none. */
  runnerModule: string | null;
  /** Absolute path of `recipes.ts` or `recipes.js`; null when there is none. */
  recipesModule: string | null;
  /** Absolute path of `needs.ts` or `needs.js`; null when it needs nothing beside Python. */
  needsModule: string | null;
  /** Absolute path of `base.ts` or `base.js`; null when it builds on nothing that changes by itself. */
  baseModule: string | null;
  /** Absolute path of `conformance.ts` or `conformance.js`; null when the suite needs no help. */
  conformanceModule: string | null;
  /** Absolute path of `conformance`, the solution that the suite serves; null when it is the suite's own. */
  conformanceSolution: string | null;
}

export interface BrokenStrategy extends StrategyEntry {
  state: 'broken';
  problem: string;
}
