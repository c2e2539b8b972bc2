import { readdir, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import type { Redeployment } from '../contract/change.js';
import type { DeployConfig } from '../contract/deploy-config.js';
import type { Example } from '../contract/example.js';
import { BerthError } from '../errors.js';
import { type DeployOptions, deriveName, prepareConfig, prepareRedeployment } from '../factory/prepare-config.js';
import { berthHome } from '../home/home.js';
import { StrategyRegistry } from '../registry/index.js';
import { parseEnvironmentOption, readEnvironmentFile } from '../secrets/index.js';
import { isDeploymentName } from './deployment-name.js';
import { parseResources } from './parse-resources.js';
import { requireKnownAgents } from './require-known-agents.js';

/** Options of a revision as parsed from the command line. */
export interface RevisionOptionValues {
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
  importTimeout: number | undefined;
  bake: number | undefined;
  drain: number | undefined;
  keep: number | undefined;
}

/** Options of `berth deploy` as parsed from the command line. */
export interface DeployOptionValues extends RevisionOptionValues {
  name: string | undefined;
}

/** Reads the configuration of a deploy; refuses invalid values before a server is started, as far as possible. */
export async function readDeployConfig(path: string, options: DeployOptionValues): Promise<DeployConfig> {
  await requireSource(path);
  const name = requireDeploymentName(options.name ?? deriveName(path));
  const { goal } = options;
  const solution = { path: resolve(path), ...(goal !== undefined && { goal }) };
  return await prepareConfig(berthHome(), { ...(await readRevisionOptions(options)), name, solution });
}

/** Reads the changes of a redeploy; omitted options keep their value. */
export async function readRedeployment(
  path: string | undefined,
  options: RevisionOptionValues & { force: boolean },
): Promise<Redeployment> {
  if (path !== undefined) await requireSource(path);
  const { goal } = options;
  const solution = { ...(path !== undefined && { path: resolve(path) }), ...(goal !== undefined && { goal }) };
  return await prepareRedeployment(berthHome(), { ...(await readRevisionOptions(options)), solution }, options.force);
}

/** Reads the options that were given. */
async function readRevisionOptions(options: RevisionOptionValues): Promise<Omit<DeployOptions, 'name' | 'solution'>> {
  const { goal, allow: allowedText, env, envFile, resource, example, ...plain } = options;
  const { strategy, provider, agent, entry, expose } = plain;
  const allow = allowedText === undefined ? undefined : parseAllowedStrategies(allowedText);
  if (entry !== undefined) requireValidEntry(entry);
  if (expose !== undefined) requireAddress(expose);
  const resources = resource.length > 0 ? parseResources(resource) : undefined;
  const registry = await StrategyRegistry.scan();
  registry.requireDeployable({ strategy, allow, provider, expose, schedule: resources?.schedule });
  if (agent !== undefined) await requireKnownAgents(agent);
  const { rounds, budget, timeout, importTimeout, bake, drain, keep } = plain;
  return omitUndefined({
    strategy,
    provider,
    agent,
    entry,
    expose,
    rounds,
    budget,
    timeout,
    importTimeout,
    bake,
    drain,
    keep,
    allow,
    env: env.length + envFile.length > 0 ? await readEnvironment(env, envFile) : undefined,
    resources,
    examples: example.length > 0 ? await readExamples(example) : undefined,
  });
}

async function requireSource(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new BerthError('SOURCE_NOT_FOUND', `there is no directory ${resolve(path)}`, { path });
  if (!found.isDirectory()) throw new BerthError('SOURCE_NOT_FOUND', `${resolve(path)} is not a directory`, { path });
  const entries = await readdir(path).catch((cause: Error) => {
    throw new BerthError('SOURCE_NOT_FOUND', `cannot read ${resolve(path)}: ${cause.message}`, { path }, { cause });
  });
  if (entries.length === 0) throw new BerthError('SOURCE_EMPTY', `the directory ${resolve(path)} is empty`, { path });
}

function requireDeploymentName(name: string): string {
  if (isDeploymentName(name)) return name;
  throw new BerthError('NAME_INVALID', `“${name}” is not a valid deployment name`, { name });
}

function parseAllowedStrategies(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.every((name) => name !== '')) return names;
  throw new BerthError('USAGE', `--allow takes strategy names separated by commas, not “${text}”`);
}

/** Refuses an entry that no strategy can serve; the recipes check the rest. */
function requireValidEntry(entry: string): void {
  const isCode =
    /^[\p{ID_Continue}.-]+:[\p{ID_Start}_]\p{ID_Continue}*(\([^()]*\))?(\.\p{ID_Continue}+)*(\/\S*)?$/u.test(entry);
  const isInFile = /^[^:]+\.py:[\p{ID_Start}_]\p{ID_Continue}*(\.\p{ID_Continue}+)*$/u.test(entry);
  const isPath = /^(:\d+)?\/\S*$/.test(entry);
  const isName = /^[\p{ID_Start}_][\w-]*$/u.test(entry);
  if (isCode || isInFile || isPath || isName) return;
  throw new BerthError('ENTRY_INVALID', `“${entry}” is not a valid entry`, { entry });
}

function requireAddress(address: string): void {
  if (isIP(address) !== 0) return;
  throw new BerthError('USAGE', `--expose takes an IP address of the host, such as 0.0.0.0, not “${address}”`);
}

/** Omits undefined values, which would count as choices of the user. */
function omitUndefined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const defined = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined) as { [K in keyof T]?: Exclude<T[K], undefined> }; // a subset of the keys
}

/** Reads the files first, in order, so that `--env` overrides them. Null means the worker's value. */
async function readEnvironment(pairs: string[], files: string[]): Promise<Record<string, string | null>> {
  const fromFiles = await Promise.all(files.map((file) => readEnvironmentFile(file)));
  const assignments = [...fromFiles.flat(), ...pairs.map(parseEnvironmentOption)];
  return Object.fromEntries(assignments.map(({ name, value }) => [name, value ?? null]));
}

async function readExamples(files: string[]): Promise<Example[]> {
  const { readExampleFile } = await import('../adaptation/index.js');
  return (await Promise.all(files.map((file) => readExampleFile(file)))).flat();
}
