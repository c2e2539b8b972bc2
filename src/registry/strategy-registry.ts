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
import { hasProvider, isExposable, listProviders } from './providers.js';
import { createBrokenStrategy, readStrategy } from './read-strategy.js';
import type { Recipe } from './recipe.js';
import { listNamedDirectories, scanDirectories } from './scan-directories.js';
import type { BrokenStrategy, LoadedStrategy, StrategyAvailability, StrategyEntry } from './strategy-entry.js';

type Entries = readonly (LoadedStrategy | BrokenStrategy)[];

/** The strategies that were found when it looked last. A new strategy is a new directory: nothing here knows one by name. */
export class StrategyRegistry {
  private readonly scan: () => Promise<Entries>;
  private entries: Entries = [];

  private constructor(look: () => Promise<Entries>) {
    this.scan = look;
  }

  /** Built-in strategies, then `$BERTH_HOME/strategies`, then `directories` (`BERTH_STRATEGIES` by default). */
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

  /** One strategy alone, wherever its directory lies. Throws STRATEGY_BROKEN with the reason. */
  static async open(directory: string): Promise<StrategyRegistry> {
    const registry = new StrategyRegistry(async () => [
      (await readStrategy(directory, 'user')) ??
        createBrokenStrategy(directory, 'user', `${directory} holds no config.yaml`),
    ]);
    await registry.refresh();
    for (const { name } of registry.entries) registry.get(name);
    return registry;
  }

  /** Looks again: strategies come, change and go while a process lives. */
  async refresh(): Promise<void> {
    this.entries = await this.scan();
  }

  /** Names of the strategies that can be used. With `allowed`, of those; each must be known and sound. */
  listStrategies(allowed?: readonly string[]): string[] {
    const entries = allowed === undefined ? this.entries : [...new Set(allowed)].map((name) => this.get(name));
    return entries.filter(({ state }) => state === 'ready').map(({ name }) => name);
  }

  /** Everything that was found, also what cannot be used. */
  listEntries(): StrategyEntry[] {
    return this.entries.map(({ name, directory, origin, state, problem, config }) => ({
      ...{ name, directory, origin, state, problem, config },
    }));
  }

  /** The found entry. Throws STRATEGY_UNKNOWN, or STRATEGY_BROKEN with the reason. */
  getEntry(name: string): StrategyEntry {
    return this.get(name);
  }

  /** Throws STRATEGY_UNAVAILABLE too: what it returns can be deployed to. */
  requireReady(name: string): StrategyEntry {
    return this.requireLoaded(name);
  }

  /** Throws PROVIDER_UNKNOWN unless one of these strategies (all that were found, by default) runs on the provider. */
  requireProvider(provider: string, names?: readonly string[]): void {
    const configs = names?.map((name) => this.getStrategy(name)) ?? this.entries.flatMap(({ config }) => config ?? []);
    if (configs.some((config) => hasProvider(config, provider))) return;
    const known = configs.map((config) => `${config.name} (${listProviders(config).join(', ')})`).join(', ');
    throw new BerthError('PROVIDER_UNKNOWN', `there is no provider “${provider}”; strategies run on: ${known}`);
  }

  /**
   * Throws EXPOSE_UNSUPPORTED unless one of these strategies (all that were found, by default) can be exposed on this
   * provider (its own, by default).
   */
  requireExposable(names?: readonly string[], provider?: string): void {
    const all = this.entries.flatMap(({ config }) => config ?? []);
    const configs = names?.map((name) => this.getStrategy(name)) ?? all;
    if (configs.some((config) => isExposable(config, provider))) return;
    if (configs.some(({ exposable }) => exposable))
      throw new BerthError(
        'EXPOSE_UNSUPPORTED',
        `an endpoint of ${provider} is reached from other machines as it is, with the account’s token: --expose means nothing to it`,
      );
    const refused = configs.map(({ name }) => name).join(', ');
    const others = all.filter(({ exposable }) => exposable).map(({ name }) => name);
    const message = `software of ${refused} is called on its own machine alone, so that --expose means nothing to it`;
    const remedy = others.length === 0 ? 'no strategy can' : `${others.join(', ')} can`;
    throw new BerthError('EXPOSE_UNSUPPORTED', `${message}; ${remedy}`);
  }

  /** Throws RESOURCE_INVALID unless one of these strategies (all that were found, by default) runs software at set times. */
  requireSchedulable(names?: readonly string[]): void {
    const all = this.entries.flatMap(({ config }) => config ?? []);
    const configs = names?.map((name) => this.getStrategy(name)) ?? all;
    if (configs.some(({ schedulable }) => schedulable)) return;
    const [refused, others] = [configs, all.filter(({ schedulable }) => schedulable)].map((some) =>
      some.map(({ name }) => name).join(', '),
    );
    const remedy = others === '' ? 'no strategy can' : `${others} can`;
    const message = `schedule: software of ${refused} runs when it is called, not by itself at set times; ${remedy}. To redeploy at set times: berth schedule create`;
    throw new BerthError('RESOURCE_INVALID', message);
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

  /** Where the runner class lies, so that any process can load it without a scan. */
  getRunnerModule(name: string): { module: string; className: string } {
    const { runnerModule, config } = this.requireLoaded(name);
    return { module: toModuleName(runnerModule), className: config.runner_class };
  }

  /** Of all strategies that can be used. */
  listRunnerModules(): { strategy: string; module: string; className: string }[] {
    return this.listStrategies().map((strategy) => ({ strategy, ...this.getRunnerModule(strategy) }));
  }

  async getRunnerClass(name: string): Promise<RunnerClass> {
    return loadRunnerClass(this.getRunnerModule(name));
  }

  /** The strategy's own recipes, in the order in which they are tried; none when it brings none. */
  async getRecipes(name: string): Promise<Recipe[]> {
    const { recipesModule } = this.get(name);
    if (recipesModule === null) return [];
    const { loadRecipes } = await import('./load-recipes.js');
    return loadRecipes(recipesModule);
  }

  /** How the conformance suite is helped: a module, and a solution to serve, where the strategy brings them. */
  getConformance(name: string): { module: string | null; solution: string | null } {
    const { conformanceModule: module, conformanceSolution: solution } = this.get(name);
    return { module, solution };
  }

  /** What the strategy cannot do without on the provider (its default one) and this machine lacks. */
  async findUnmetNeeds(name: string, provider?: string): Promise<Need[]> {
    const { needsModule, config } = this.get(name);
    if (needsModule === null) return [];
    const { loadNeeds } = await import('./load-needs.js');
    const needs = await loadNeeds(needsModule, provider ?? config.provider);
    return needs.filter(({ isMet }) => !isMet);
  }

  /** What a revision of this code, made now, would be made of beside it. */
  async findFoundation(name: string, code: AdaptedCode): Promise<Foundation> {
    const entry = this.get(name);
    const strategy = await digestStrategy(entry);
    if (entry.baseModule === null) return { strategy, base: null };
    const { loadBase } = await import('./load-base.js');
    return { strategy, base: await loadBase(entry.baseModule, code) };
  }

  /** The entry as this machine can use it: what it lacks makes it unavailable, and needs that cannot be told, broken. */
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

  /** Everything that was found, as this machine can use it. */
  async listAvailability(): Promise<StrategyAvailability[]> {
    return await Promise.all(this.listEntries().map((entry) => this.checkAvailability(entry)));
  }

  /** The names that `--strategy` takes: every one that was found, so that a broken one is refused with its reason. */
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
