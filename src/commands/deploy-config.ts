import { readdir, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import type { DeployConfig } from '../contract/config.js';
import type { Example } from '../contract/example.js';
import { BerthError } from '../errors.js';
import { nameOf, prepareConfig } from '../factory/prepare-config.js';
import { berthHome } from '../home.js';
import { StrategyRegistry } from '../registry/index.js';
import { parseEnvironmentOption, readEnvironmentFile } from '../secrets/index.js';
import { checkAgents } from './agent-names.js';
import { isDeploymentName } from './deployment-name.js';
import { parseResources } from './resource-options.js';

/** The options of `berth deploy` as typed. */
export interface DeployOptionValues {
  name: string | undefined;
  goal: string | undefined;
  strategy: string | undefined;
  allow: string | undefined;
  provider: string | undefined;
  agent: string | undefined;
  rounds: number | undefined;
  budget: number | undefined;
  entry: string | undefined;
  env: string[];
  envFile: string[];
  resource: string[];
  example: string[];
  expose: string | undefined;
  timeout: number | undefined;
}

/** Everything that can be refused without a server is refused here, before one is started. */
export async function readDeployConfig(path: string, options: DeployOptionValues): Promise<DeployConfig> {
  const home = berthHome();
  const { goal, strategy = 'auto', provider, agent, rounds, budget, entry, expose, timeout } = options;
  await checkSource(path);
  const name = readName(options.name ?? nameOf(path));
  const allow = options.allow === undefined ? undefined : parseAllow(options.allow);
  if (entry !== undefined) checkEntry(entry);
  if (expose !== undefined) checkAddress(expose);
  await checkStrategies(strategy, allow, { provider, expose });
  if (agent !== undefined) await checkAgents(agent);
  return await prepareConfig(home, {
    name,
    solution: { path: resolve(path), ...(goal !== undefined && { goal }) },
    strategy,
    ...(allow !== undefined && { allow }),
    ...(provider !== undefined && { provider }),
    ...(agent !== undefined && { agent }),
    ...(rounds !== undefined && { rounds }),
    ...(budget !== undefined && { budget }),
    ...(entry !== undefined && { entry }),
    ...(expose !== undefined && { expose }),
    ...(timeout !== undefined && { timeout }),
    env: await readEnvironment(options.env, options.envFile),
    resources: parseResources(options.resource),
    examples: await readExamples(options.example),
  });
}

async function checkSource(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new BerthError('SOURCE_NOT_FOUND', `there is no directory ${resolve(path)}`, { path });
  if (!found.isDirectory()) throw new BerthError('SOURCE_NOT_FOUND', `${resolve(path)} is not a directory`, { path });
  const entries = await readdir(path).catch((cause: Error) => {
    throw new BerthError('SOURCE_NOT_FOUND', `cannot read ${resolve(path)}: ${cause.message}`, { path }, { cause });
  });
  if (entries.length === 0) throw new BerthError('SOURCE_EMPTY', `the directory ${resolve(path)} is empty`, { path });
}

function readName(name: string): string {
  if (isDeploymentName(name)) return name;
  throw new BerthError('NAME_INVALID', `“${name}” cannot be the name of a deployment`, { name });
}

function parseAllow(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.every((name) => name !== '')) return names;
  throw new BerthError('USAGE', `--allow takes names separated by commas, not “${text}”`);
}

function checkEntry(entry: string): void {
  const isCode = /^[\p{ID_Start}_][\w.]*:[\p{ID_Start}_]\w*(\.\w+)?$/u.test(entry);
  const isPath = /^(:\d+)?\/\S*$/.test(entry);
  if (isCode || isPath) return;
  throw new BerthError('ENTRY_INVALID', `“${entry}” names nothing that can be called`, { entry });
}

function checkAddress(address: string): void {
  if (isIP(address) !== 0) return;
  throw new BerthError('USAGE', `--expose takes an IP address of the host, such as 0.0.0.0, not “${address}”`);
}

async function checkStrategies(
  strategy: string,
  allow: string[] | undefined,
  { provider, expose }: Pick<DeployOptionValues, 'provider' | 'expose'>,
): Promise<void> {
  const registry = await StrategyRegistry.scan();
  for (const name of strategy === 'auto' ? (allow ?? []) : [strategy, ...(allow ?? [])]) registry.requireReady(name);
  const names = strategy === 'auto' ? allow : [strategy];
  if (provider !== undefined) registry.requireProvider(provider, names);
  if (expose !== undefined) registry.requireExposable(names);
  if (strategy === 'auto' || allow === undefined || allow.includes(strategy)) return;
  throw new BerthError('STRATEGY_NOT_ALLOWED', `${strategy} is not among the allowed: ${allow.join(', ')}`, {
    strategy,
  });
}

/** Files first, in their order, so that a single variable can differ from the file. Null: the worker's own value. */
async function readEnvironment(pairs: string[], files: string[]): Promise<Record<string, string | null>> {
  const fromFiles = await Promise.all(files.map((file) => readEnvironmentFile(file)));
  const assignments = [...fromFiles.flat(), ...pairs.map(parseEnvironmentOption)];
  return Object.fromEntries(assignments.map(({ name, value }) => [name, value ?? null]));
}

async function readExamples(files: string[]): Promise<Example[]> {
  if (files.length === 0) return [];
  const { readExampleFile } = await import('../adaptation/index.js');
  return (await Promise.all(files.map((file) => readExampleFile(file)))).flat();
}
