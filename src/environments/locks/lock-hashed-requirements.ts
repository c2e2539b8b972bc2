import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explainUvFailure } from '../explain-uv-failure.js';
import type { SourceLine } from '../pip-files/source-line.js';
import { formatUvFile, restoreLocations } from '../pip-files/uv-file.js';
import { runUvBuild } from '../run-uv-build.js';
import { describeIndexes, listIndexArguments, runCompile } from './compile-requirements.js';
import { buildLock, type Lock, normalizeName } from './lock.js';
import type { Resolution } from './resolution.js';

/**
 * Uses requirement files with hashes as the lock. As with pip, one hash makes hashes and exact versions mandatory for all
 * requirements. Resolves the packages of the strategy and of the repository's own package separately.
 *
 * @throws DEPENDENCY_UNRESOLVED when a hash is missing or a version is not exact.
 */
export async function lockHashedRequirements(resolution: Resolution): Promise<Lock> {
  const { requirements, cwd, scratch, variables } = resolution;
  const { pip, projects, strategyRequirements, constraints } = requirements;
  await checkHashes(resolution);
  const names = new Set(pip.requirements.flatMap(({ text }) => getName(text) ?? []));
  const lines = [...pip.options, ...pip.constraints.filter(isHashed), ...pip.requirements].map(({ text }) => text);
  const hashed: Lock = {
    ...(await lockAdditions()),
    hashed: `${[...new Set(lines)].join('\n')}\n`,
    notes: describeIndexes(resolution),
  };
  return { ...hashed, packages: hashed.packages + names.size };

  async function lockAdditions(): Promise<Lock> {
    const optionsOnly = { ...pip, requirements: [], constraints: [] };
    const pins = pip.requirements.flatMap(toPins);
    const request = { lines: strategyRequirements, projects, constraints: [...constraints, ...pins], pip: optionsOnly };
    const document = await runCompile(resolution, request);
    const packages = document.packages.filter(({ name }) => !names.has(normalizeName(name)));
    return await buildLock({ ...document, packages }, { base: scratch, source: cwd, variables });
  }
}

const isHashed = ({ text }: SourceLine): boolean => text.includes(' --hash=');

const getName = (text: string): string | undefined => {
  const name = /^[A-Za-z0-9][\w.-]*/.exec(text)?.[0];
  return name === undefined ? undefined : normalizeName(name);
};

/** Converts an exact requirement to a constraint, without hashes and extras. */
function toPins({ text }: SourceLine): string[] {
  const [, name, version] = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(==\s*[^\s;]+)/.exec(text) ?? [];
  const marker = /;(.*?)(?=\s--hash=|$)/.exec(text)?.[1];
  return name === undefined || version === undefined
    ? []
    : [`${name}${version}${marker === undefined ? '' : ` ;${marker}`}`];
}

/** Checks with a dry run that all requirements have hashes. The installation checks the hashes themselves. */
async function checkHashes(resolution: Resolution): Promise<void> {
  const { home, requirements, interpreter, directory, cwd, scratch, variables, env, notes, signal, onProgress } =
    resolution;
  const { pip } = requirements;
  const requirementsFile = formatUvFile([...pip.options, ...pip.requirements], { source: cwd, variables });
  const constraintsFile = formatUvFile(pip.constraints, { source: cwd, variables });
  const [file, constraints] = [join(scratch, 'hashed.txt'), join(scratch, 'hashed-constraints.txt')];
  await writeFile(file, requirementsFile.text, { mode: 0o600 });
  await writeFile(constraints, constraintsFile.text, { mode: 0o600 });
  const args = [
    'pip',
    'install',
    '--dry-run',
    '--quiet',
    '--require-hashes',
    '--target',
    join(scratch, 'nowhere'),
    '--python',
    interpreter.path,
    '--requirements',
    file,
    '--constraints',
    constraints,
    ...listIndexArguments(pip),
    ...pip.uvArguments,
  ];
  const secrets = Object.values(variables);
  const call = { home, args, cwd, directory, env, secrets, scratch, signal, onProgress };
  const result = await runUvBuild({ ...call, onNote: (note) => notes.add(note) });
  if (result.exitCode === 0) return;
  const output = restoreLocations(
    restoreLocations(result.output, 'hashed.txt', requirementsFile),
    'hashed-constraints.txt',
    constraintsFile,
  );
  throw explainUvFailure(
    { ...result, output },
    'DEPENDENCY_UNRESOLVED',
    `the hashes of ${requirements.from} are incomplete`,
  );
}
