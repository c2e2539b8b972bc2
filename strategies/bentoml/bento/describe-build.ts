import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import type { RunPlan } from '../../../src/contract/handle.js';
import { runCommand } from '../../../src/environments/run-command.js';
import { BerthError } from '../../../src/errors.js';
import { parseBentoInterface } from '../bento-interface.js';

const Build = z.looseObject({ python: z.looseObject({}).optional() });
const Pyproject = z.looseObject({ tool: z.looseObject({ bentoml: z.looseObject({ build: Build }) }) });

/** Keys of a `bentofile.yaml` that the verified environment replaces. */
const supersededKeys = ['requirements_txt', 'packages', 'lock_packages', 'pack_git_packages'];

/**
 * Describes the build: the repository's own `bentofile.yaml` or `pyproject.toml`, with the service that is called and
 * the packages that were verified.
 */
export async function describeBuild(
  plan: RunPlan,
  { env, signal }: { env: Record<string, string>; signal: AbortSignal | undefined },
): Promise<Record<string, unknown>> {
  const repositoryConfig = await readBuildConfig(plan.directory);
  const python = Object.fromEntries(
    Object.entries(repositoryConfig.python ?? {}).filter(([key]) => !supersededKeys.includes(key)),
  );
  const packages = await listPackages(plan, { env, signal });
  return {
    exclude: ['**/__pycache__/'],
    ...repositoryConfig,
    service: parseBentoInterface(plan).service,
    python: { ...python, packages, lock_packages: false },
  };
}

async function readBuildConfig(directory: string): Promise<z.infer<typeof Build>> {
  const bentofile = Build.safeParse(await readManifest(join(directory, 'bentofile.yaml'), parseYaml));
  if (bentofile.success) return bentofile.data;
  const pyproject = Pyproject.safeParse(await readManifest(join(directory, 'pyproject.toml'), parseToml));
  return pyproject.success ? pyproject.data.tool.bentoml.build : {};
}

async function readManifest(file: string, read: (text: string) => unknown): Promise<unknown> {
  try {
    return read(await readFile(file, 'utf8'));
  } catch {
    return undefined; // missing, or not in its format
  }
}

/** Lists the environment's packages, each as the requirement that installs it again. */
const listPackagesScript = `import importlib.metadata, json
for distribution in importlib.metadata.distributions():
    name, origin = distribution.metadata["Name"], json.loads(distribution.read_text("direct_url.json") or "{}")
    url, vcs = origin.get("url", ""), origin.get("vcs_info")
    if vcs:
        print(f"{name} @ {vcs['vcs']}+{url}@{vcs['commit_id']}")
    elif url.startswith("http"):
        print(f"{name} @ {url}")
    elif not url:
        print(f"{name}=={distribution.version}")
`;

async function listPackages(
  { environment, stateDirectory }: RunPlan,
  { env, signal }: { env: Record<string, string>; signal: AbortSignal | undefined },
): Promise<string[]> {
  const { PYTHONPATH: _, ...variables } = env;
  const argv: [string, ...string[]] = [environment?.python ?? 'python3', '-c', listPackagesScript];
  const { exitCode, output } = await runCommand({ argv, cwd: stateDirectory, env: variables, timeout: 60, signal });
  if (exitCode === 0) return output.split('\n').filter(Boolean).sort();
  throw new BerthError('BUILD_FAILED', 'the packages of the environment cannot be listed', { evidence: output });
}
