import { basename, resolve } from 'node:path';
import * as z from 'zod';
import type { Redeployment } from '../contract/change.js';
import { DeployConfig, type EnvironmentVariable, type Solution } from '../contract/deploy-config.js';
import { type Example, GivenExample } from '../contract/example.js';
import { BerthError } from '../errors.js';
import type { BerthHome } from '../home/home.js';
import { InvalidInputsError } from '../json/invalid-inputs-error.js';
import { sealValue } from '../secrets/index.js';

/**
 * Options of a deploy for users of the library, with secrets in clear text. `solution` is a path, or a path and a goal. A
 * variable with the value `null` is taken from the worker's environment.
 */
export const DeployOptions = DeployConfig.partial({ name: true }).extend({
  solution: z.union([z.string().min(1), DeployConfig.shape.solution]),
  env: z.record(z.string(), z.string().nullable()).default({}),
  examples: z.array(GivenExample).default([]),
});
export type DeployOptions = z.input<typeof DeployOptions>;

/**
 * Validates options and completes them: derives the name, resolves the path, seals secrets.
 *
 * @throws USAGE when they are invalid.
 */
export async function prepareConfig(home: BerthHome, options: DeployOptions): Promise<DeployConfig> {
  const parsed = DeployOptions.safeParse(options);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new BerthError('USAGE', `invalid options of the deployment: ${problems.join('; ')}`, {
      command: 'deploy',
    });
  }
  const { solution, env, name, examples, ...rest } = parsed.data;
  const { path, goal } = typeof solution === 'string' ? { path: solution, goal: undefined } : solution;
  return DeployConfig.parse({
    ...rest,
    name: name ?? deriveName(path),
    solution: { path: resolve(path), ...(goal === undefined ? {} : { goal }) },
    examples: await recordExamples(examples),
    env: await Promise.all(Object.entries(env).map(([variable, value]) => toVariable(home, variable, value))),
  });
}

/** Records examples so that their numbers keep all digits in the workflow's history. */
async function recordExamples(examples: GivenExample[]): Promise<Example[]> {
  const { recordExample } = await import('../adaptation/record-example.js');
  return await Promise.all(
    examples.map(async (example, index) => {
      try {
        return await recordExample(example);
      } catch (error) {
        if (!(error instanceof InvalidInputsError)) throw error;
        const message = `examples[${index}]: ${error.message}`;
        throw new BerthError('USAGE', message, { command: 'deploy' });
      }
    }),
  );
}

/** Options of a redeploy; omitted ones stay unchanged. */
export type RedeployOptions = Partial<Omit<DeployOptions, 'name' | 'solution' | 'requestedBy'>> & {
  solution?: string | Partial<Solution>;
};

/**
 * Prepares the given options like `prepareConfig`.
 *
 * @throws USAGE when they are invalid.
 */
export async function prepareRedeployment(
  home: BerthHome,
  options: RedeployOptions,
  isForced = false,
): Promise<Redeployment> {
  const { solution = {}, ...given } = options;
  const { path, goal } = typeof solution === 'string' ? { path: solution, goal: undefined } : solution;
  const config = await prepareConfig(home, { ...given, name: 'any', solution: { path: path ?? '.' } });
  const keys = Object.keys(given).filter((key) => given[key as keyof typeof given] !== undefined);
  const changed = { ...(path !== undefined && { path: resolve(path) }), ...(goal !== undefined && { goal }) };
  return {
    changes: {
      ...Object.fromEntries(Object.entries(config).filter(([key]) => keys.includes(key))),
      ...(Object.keys(changed).length > 0 && { solution: changed }),
    },
    isForced,
  };
}

/**
 * Derives a deployment's name from its directory: `My_Agent v2` becomes `my-agent-v2`.
 *
 * @throws NAME_INVALID when no letter or digit is left.
 */
export function deriveName(path: string): string {
  const name = basename(resolve(path))
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '');
  if (name !== '') return name;
  throw new BerthError('NAME_INVALID', `cannot derive a name from the directory ${path}`, { path });
}

const toVariable = async (home: BerthHome, name: string, value: string | null): Promise<EnvironmentVariable> =>
  value === null ? { name, from: 'worker' } : { name, sealed: await sealValue(home, value) };
