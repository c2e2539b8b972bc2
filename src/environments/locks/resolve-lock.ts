import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BerthError } from '../../errors.js';
import { digestIndexSettings, redact } from '../child-environment.js';
import { createScratchDirectory } from '../create-scratch-directory.js';
import { describeLocation } from '../pip-files/source-line.js';
import { expandVariables, listVariableNames, type Variables } from '../pip-files/variables.js';
import { digestTexts, readRecord, writeRecord } from '../records.js';
import type { Requirements } from '../requirements/read-requirements.js';
import { compileRequirements } from './compile-requirements.js';
import { explainStrategyConflict } from './explain-strategy-conflict.js';
import { extendLock } from './extend-lock.js';
import { loadLock } from './load-lock.js';
import { emptyLock, type Lock } from './lock.js';
import { lockHashedRequirements } from './lock-hashed-requirements.js';
import type { Resolution, ResolveRequest } from './resolution.js';
import { resolveWithoutDiscovery } from './resolve-without-discovery.js';

/** Part of the cache key; increase it when the same requirements resolve to another lock. */
const resolverVersion = '3';

/**
 * Returns the lock of requirements for a Python, from the cache or resolved by uv.
 *
 * @throws DEPENDENCY_UNRESOLVED, INDEX_UNREACHABLE when uv finds no solution.
 */
export async function resolveLock(request: ResolveRequest): Promise<Lock> {
  const { home, requirements, interpreter, variables, isFresh = false } = request;
  const { pip, projects, condaPackages, strategyRequirements } = requirements;
  if ([pip.requirements, projects, condaPackages, strategyRequirements].every((list) => list.length === 0))
    return emptyLock;
  const key = digestTexts([
    resolverVersion,
    JSON.stringify(pip),
    ...[requirements.texts, projects, condaPackages, strategyRequirements, requirements.constraints].map((list) =>
      JSON.stringify(list),
    ),
    JSON.stringify(requirements.lock),
    // Redacted, because credentials do not change the result and must not leak through the file name.
    JSON.stringify(Object.values(expandOptions(requirements, variables)).map(redact)),
    interpreter.version,
    ...(interpreter.asOf === undefined ? [] : [interpreter.asOf]),
    process.platform,
    process.arch,
    await digestIndexSettings(),
  ]);
  const record = join(home.locks, `${key}.json`);
  const cached = isFresh ? undefined : await readRecord<Lock>(record);
  if (cached !== undefined) return cached;
  const lock = await resolve(request);
  await writeRecord(record, lock);
  return lock;
}

const expandOptions = ({ pip }: Requirements, variables: Variables): string[] =>
  [...pip.options, ...pip.requirements].map(({ text }) => expandVariables(text, variables));

async function resolve(request: ResolveRequest): Promise<Lock> {
  const { home, requirements, directory, copy, onProgress } = request;
  const scratch = await createScratchDirectory(home.locks, 'lock');
  try {
    onProgress?.(`resolving the requirements of ${requirements.from}`);
    const cwd = requirements.needsCopy ? await copy.ensurePath() : directory;
    const notes = new Set<string>();
    const lock = await resolveWithoutDiscovery({ ...request, cwd, scratch, notes }, resolveIn);
    return { ...lock, notes: [...lock.notes, ...notes] };
  } catch (error) {
    throw explainStrategyConflict(error, requirements);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function resolveIn(resolution: Resolution): Promise<Lock> {
  const { requirements } = resolution;
  if (requirements.lock !== null) return await extendLock(resolution, await loadLock(resolution, requirements.lock));
  if (requirements.pip.requiresHashes) return await lockHashedRequirements(resolution);
  return await compileRequirements(resolution);
}

/**
 * Returns the values of the variables that requirement files name. Looks only in the software's variables, because a
 * repository must not read the worker's environment.
 *
 * @throws ENV_MISSING when a variable is not set.
 */
export function findVariables({ pip }: Requirements, env: Readonly<Record<string, string>>): Variables {
  const values: Record<string, string> = {};
  for (const line of [...pip.options, ...pip.requirements, ...pip.constraints])
    for (const name of listVariableNames(line.text)) {
      const value = env[name];
      if (value === undefined) {
        const message = `${describeLocation(line)} names the variable ${name}, which is not set for the deployment`;
        throw new BerthError('ENV_MISSING', message, { variable: name });
      }
      values[name] = value;
    }
  return values;
}
