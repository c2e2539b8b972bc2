import * as z from 'zod';
import type { Foundation } from '../contract/revision.js';
import type { RunInterface } from '../contract/run-interface.js';
import type { StrategyConfig } from '../contract/strategy-config.js';
import { BerthError } from '../errors.js';
import { type BerthHome, berthHome } from '../home/home.js';
import { builtInStrategiesDirectory } from '../home/package-root.js';
import { loadRunnerClass, toModuleName } from '../runners/load-runner.js';
import type { RunnerClass } from '../runners/runner.js';
import type { AdaptedCode } from './base.js';
import { digestStrategy } from './digest-strategy.js';
import { describeNeeds, type Need } from './need.js';
import { createBrokenStrategy, readStrategy } from './read-strategy.js';
import type { Recipe } from './recipe.js';
import { requireExposable, requireProvider, requireSchedulable } from './require-capability.js';
import { listNamedDirectories, scanDirectories } from './scan-directories.js';
import type { BrokenStrategy, LoadedStrategy, StrategyAvailability, StrategyEntry } from './strategy-entry.js';

/** The user's constraints on the strategy of a deployment. */
export interface DeployConstraints {
  /** A strategy's name, or `auto` (default). */
  strategy?: string | undefined;
  /** Names that `auto` may choose from. Defaults to every strategy. */
  allow?: readonly string[] | undefined;
  provider?: string | undefined;
  expose?: string | undefined;
  schedule?: string | undefined;
}

type Entries = readonly (LoadedStrategy | BrokenStrategy)[];

/** Strategies found by the last scan. A new directory is enough for a new strategy: no code here refers to one by name. */
export class StrategyRegistry {
  private entries: Entries = [];

  private constructor(private readonly scan: () => Promise<Entries>) {}

  /** Scans built-in strategies, then `$BERTH_HOME/strategies`, then `directories` (default: `BERTH_STRATEGIES`). */
  static async scan(options: { home?: BerthHome; directories?: string[] } = {}): Promise<StrategyRegistry> {
    const { home = berthHome(), directories = listNamedDirectories() } = options;
    const sources = [
      { directory: builtInStrategiesDirectory, origin: 'built-in' as const, isNamed: true },
      { directory: home.strategies, origin: 'user' as const, isNamed: false },
      ...directories.map((directory) => ({ directory, origin: 'user' as const, isNamed: true })),
    ];
    const registry = new StrategyRegistry(() => scanDirectories(sources));
    await registry.refresh();
    return registry;
  }

  /**
   * Opens a single strategy in any directory.
   *
   * @throws STRATEGY_BROKEN when the directory contains no valid strategy.
   */
  static async open(directory: string): Promise<StrategyRegistry> {
    const registry = new StrategyRegistry(async () => [
      (await readStrategy(directory, 'user')) ??
        createBrokenStrategy(directory, 'user', `${directory} contains no config.yaml`),
    ]);
    await registry.refresh();
    for (const { name } of registry.entries) registry.get(name);
    return registry;
  }

  /** Scans again. Strategies may be added, changed and removed while a process runs. */
  async refresh(): Promise<void> {
    this.entries = await this.scan();
  }

  /**
   * Lists the names of strategies that are ready, among `allowed` if given.
   *
   * @throws STRATEGY_UNKNOWN, STRATEGY_BROKEN when one of `allowed` is unknown or broken.
   */
  listStrategies(allowed?: readonly string[]): string[] {
    const entries = allowed === undefined ? this.entries : [...new Set(allowed)].map((name) => this.get(name));
    return entries.filter(({ state }) => state === 'ready').map(({ name }) => name);
  }

  /** Lists all strategies, including unavailable and broken ones. */
  listEntries(): StrategyEntry[] {
    return this.entries.map(({ name, directory, origin, state, problem, config }) => ({
      name,
      directory,
      origin,
      state,
      problem,
      config,
    }));
  }

  /**
   * Returns a valid strategy.
   *
   * @throws STRATEGY_UNKNOWN, STRATEGY_BROKEN when there is none with this name.
   */
  getEntry(name: string): StrategyEntry {
    return this.get(name);
  }

  /**
   * Returns a strategy that is ready for a deployment.
   *
   * @throws STRATEGY_UNKNOWN, STRATEGY_BROKEN, STRATEGY_UNAVAILABLE when it is not.
   */
  requireReady(name: string): StrategyEntry {
    return this.requireLoaded(name);
  }

  /**
   * Checks that at least one strategy can carry out a deployment with these constraints. A strategy named by the user
   * must be ready; of several allowed ones, one must be.
   *
   * @throws STRATEGY_UNKNOWN, STRATEGY_BROKEN, STRATEGY_UNAVAILABLE, STRATEGY_NOT_ALLOWED, PROVIDER_UNKNOWN,
   * EXPOSE_UNSUPPORTED, RESOURCE_INVALID
   */
  requireDeployable({ strategy = 'auto', allow, provider, expose, schedule }: DeployConstraints): void {
    const allowed = allow?.map((name) => this.get(name));
    if (allowed?.length === 0)
      throw new BerthError('STRATEGY_NOT_ALLOWED', 'the list of allowed strategies is empty: allow at least one');
    const names = strategy === 'auto' ? allow : [strategy];
    const [first] = names ?? [];
    if (first !== undefined && this.listStrategies(names).length === 0) this.requireReady(first);
    if (strategy !== 'auto' && allow?.includes(strategy) === false) {
      const message = `the strategy ${strategy} is not one of the allowed strategies: ${allow.join(', ')}`;
      throw new BerthError('STRATEGY_NOT_ALLOWED', message, { strategy });
    }
    const all = this.entries.flatMap(({ config }) => config ?? []);
    const choices = names?.map((name) => this.getStrategy(name)) ?? all;
    if (provider !== undefined) requireProvider(choices, provider);
    if (expose !== undefined) requireExposable(choices, { all, provider });
    if (schedule !== undefined) requireSchedulable(choices, { all });
  }

  getStrategy(name: string): StrategyConfig {
    return this.get(name).config;
  }

  getSelectorInstruction(name: string): string {
    return this.get(name).selectorInstruction;
  }

  getAdapterInstruction(name: string): string {
    return this.get(name).adapterInstruction;
  }

  getDefaultRunInterface(name: string): RunInterface {
    return structuredClone(this.get(name).config.run_interface);
  }

  /** Returns the module of the runner class, so that any process can load it without a scan. */
  getRunnerModule(name: string): { module: string; className: string } {
    const { runnerModule, config } = this.requireLoaded(name);
    return { module: toModuleName(runnerModule), className: config.runner_class };
  }

  /** Lists the runner modules of all strategies that are ready. */
  listRunnerModules(): { strategy: string; module: string; className: string }[] {
    return this.listStrategies().map((strategy) => ({ strategy, ...this.getRunnerModule(strategy) }));
  }

  async getRunnerClass(name: string): Promise<RunnerClass> {
    return loadRunnerClass(this.getRunnerModule(name));
  }

  /** Loads the strategy's recipes, in the order in which to try them. */
  async getRecipes(name: string): Promise<Recipe[]> {
    const { recipesModule } = this.get(name);
    if (recipesModule === null) return [];
    const { loadRecipes } = await import('./load-recipes.js');
    return loadRecipes(recipesModule);
  }

  /** Returns the strategy's settings for the conformance suite and its solution to serve, as paths. */
  getConformance(name: string): { module: string | null; solution: string | null } {
    const { conformanceModule: module, conformanceSolution: solution } = this.get(name);
    return { module, solution };
  }

  /** Finds the strategy's needs on the provider (default: its own) that this machine does not meet. */
  async findUnmetNeeds(name: string, provider?: string): Promise<Need[]> {
    const { needsModule, config } = this.get(name);
    if (needsModule === null) return [];
    const { loadNeeds } = await import('./load-needs.js');
    const needs = await loadNeeds(needsModule, provider ?? config.provider);
    return needs.filter(({ isMet }) => !isMet);
  }

  /** Finds the foundation that a new revision of this code would have. */
  async findFoundation(name: string, code: AdaptedCode): Promise<Foundation> {
    const entry = this.get(name);
    const strategy = await digestStrategy(entry);
    if (entry.baseModule === null) return { strategy, base: null };
    const { loadBase } = await import('./load-base.js');
    return { strategy, base: await loadBase(entry.baseModule, code) };
  }

  /** Adds an entry's availability on this machine: unavailable if needs are unmet, broken if finding them fails. */
  async checkAvailability(entry: StrategyEntry, provider?: string): Promise<StrategyAvailability> {
    if (entry.state !== 'ready') return { ...entry, unmetNeeds: [] };
    try {
      const unmetNeeds = await this.findUnmetNeeds(entry.name, provider);
      if (unmetNeeds.length === 0) return { ...entry, unmetNeeds };
      return { ...entry, state: 'unavailable', problem: describeNeeds(unmetNeeds), unmetNeeds };
    } catch (error) {
      return { ...entry, state: 'broken', problem: BerthError.from(error).message, unmetNeeds: [] };
    }
  }

  /** Lists all strategies with their availability on this machine. */
  async listAvailability(): Promise<StrategyAvailability[]> {
    return await Promise.all(this.listEntries().map((entry) => this.checkAvailability(entry)));
  }

  /** Returns a schema of the names that `--strategy` accepts, including broken strategies, which have a better error. */
  createNameSchema(): z.ZodEnum<Record<string, string>> {
    return z.enum(['auto', ...new Set(this.entries.map(({ name }) => name))]);
  }

  private get(name: string): LoadedStrategy {
    const entry = this.entries.find((candidate) => candidate.name === name);
    if (entry === undefined) throw this.createUnknownError(name);
    if (entry.state === 'broken') {
      throw new BerthError('STRATEGY_BROKEN', `strategy ${name} is broken: ${entry.problem}`, { strategy: name });
    }
    return entry;
  }

  private requireLoaded(name: string): LoadedStrategy & { runnerModule: string } {
    const entry = this.get(name);
    if (entry.runnerModule !== null) return { ...entry, runnerModule: entry.runnerModule };
    throw new BerthError('STRATEGY_UNAVAILABLE', `strategy ${name} cannot be used: ${entry.problem}`, {
      strategy: name,
    });
  }

  private createUnknownError(name: string): BerthError {
    const names = this.entries.map((entry) => entry.name).join(', ');
    return new BerthError('STRATEGY_UNKNOWN', `there is no strategy "${name}"; there are: ${names}`, {
      strategy: name,
    });
  }
}
