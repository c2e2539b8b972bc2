import type { EnvironmentVariable } from '../contract/deploy-config.js';
import { BerthError } from '../errors.js';
import type { BerthHome } from '../home/home.js';
import type { VariableAssignment } from './environment-options.js';
import { openValue, sealValue } from './seal.js';

/** Seals the values of variables, so that they can be sent to a worker. The last of several with one name wins. */
export async function sealEnvironment(
  home: BerthHome,
  assignments: VariableAssignment[],
): Promise<EnvironmentVariable[]> {
  const last = new Map(assignments.map((assignment) => [assignment.name, assignment]));
  return Promise.all([...last.values()].map((assignment) => sealAssignment(home, assignment)));
}

async function sealAssignment(home: BerthHome, { name, value }: VariableAssignment): Promise<EnvironmentVariable> {
  return value === undefined ? { name, from: 'worker' } : { name, sealed: await sealValue(home, value) };
}

/**
 * Returns the software's variables in plain text. Runs on the worker.
 *
 * @throws ENV_MISSING, SECRET_KEY_WRONG when the worker's environment lacks variables, or cannot open a sealed value.
 */
export async function resolveEnvironment(
  home: BerthHome,
  variables: EnvironmentVariable[],
): Promise<Record<string, string>> {
  const missing = variables.filter((variable) => 'from' in variable && process.env[variable.name] === undefined);
  if (missing.length > 0) throw createMissingError(missing.map((variable) => variable.name));
  const entries = variables.map(async (variable) => {
    const value = 'from' in variable ? process.env[variable.name] : await openValue(home, variable.sealed);
    return [variable.name, value ?? ''] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function createMissingError(names: string[]): BerthError {
  const message = `the worker’s environment does not have ${names.join(', ')}`;
  return new BerthError('ENV_MISSING', message, { variable: names[0], variables: names });
}
