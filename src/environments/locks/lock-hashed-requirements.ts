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
 * Where one requirement states a hash, everything that the files ask for needs one and an exact version, as pip has it:
 * the files are the lock. What the strategy and the repository's own package need is resolved beside it.
 *
 * @throws DEPENDENCY_UNRESOLVED where a hash is missing or a version is not exact.
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
    const own = { ...pip, requirements: [], constraints: [] };
    const pins = pip.requirements.flatMap(toPins);
    const request = { lines: strategyRequirements, projects, constraints: [...constraints, ...pins], pip: own };
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

/** The requirement without its hashes, extras and marker: a constraint on others. */
function toPins({ text }: SourceLine): string[] {
  const [, name, version] = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(==\s*[^\s;]+)/.exec(text) ?? [];
  const marker = /;(.*?)(?=\s--hash=|$)/.exec(text)?.[1];
  return name === undefined || version === undefined
    ? []
    : [`${name}${version}${marker === undefined ? '' : ` ;${marker}`}`];
}

/** uv resolves as if it installed, and refuses as pip does; the hashes themselves are checked by the installation. */
async function checkHashes(resolution: Resolution): Promise<void> {
  const { home, requirements, interpreter, directory, cwd, scratch, variables, env, notes, signal, onProgress } =
    resolution;
  const { pip } = requirements;
  const asked = formatUvFile([...pip.options, ...pip.requirements], { source: cwd, variables });
  const bounds = formatUvFile(pip.constraints, { source: cwd, variables });
  const [file, constraints] = [join(scratch, 'hashed.txt'), join(scratch, 'hashed-constraints.txt')];
  await writeFile(file, asked.text, { mode: 0o600 });
  await writeFile(constraints, bounds.text, { mode: 0o600 });
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
    restoreLocations(result.output, 'hashed.txt', asked),
    'hashed-constraints.txt',
    bounds,
  );
  throw explainUvFailure(
    { ...result, output },
    'DEPENDENCY_UNRESOLVED',
    `the hashes of ${requirements.from} do not hold`,
  );
}
