import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runBuildingUv } from '../build-with-older-tools.js';
import type { PlacedLine } from '../pip-files/placed-line.js';
import { restorePlaces, writeUvFile } from '../pip-files/uv-file.js';
import { explainUvFailure } from '../uv-failure.js';
import { indexArguments, noteIndexes, runCompile } from './compile.js';
import { type Lock, normalizeName, toLock } from './lock.js';
import type { Resolution } from './resolution.js';

/**
 * Where one requirement states a hash, everything that the files ask for needs one and an exact version, as pip has it:
 * the files are the lock. What the strategy and the repository's own package need is resolved beside it.
 *
 * @throws DEPENDENCY_UNRESOLVED where a hash is missing or a version is not exact.
 */
export async function lockHashed(resolution: Resolution): Promise<Lock> {
  const { requirements, cwd, scratch, variables } = resolution;
  const { pip, projects, added, constraints } = requirements;
  await check(resolution);
  const names = new Set(pip.requirements.flatMap(({ text }) => nameOf(text) ?? []));
  const lines = [...pip.options, ...pip.constraints.filter(isHashed), ...pip.requirements].map(({ text }) => text);
  const hashed: Lock = {
    ...(await addBeside()),
    hashed: `${[...new Set(lines)].join('\n')}\n`,
    notes: noteIndexes(resolution),
  };
  return { ...hashed, packages: hashed.packages + names.size };

  async function addBeside(): Promise<Lock> {
    const own = { ...pip, requirements: [], constraints: [] };
    const pins = pip.requirements.flatMap(pinOf);
    const request = { lines: added, projects, constraints: [...constraints, ...pins], pip: own };
    const document = await runCompile(resolution, request);
    const packages = document.packages.filter(({ name }) => !names.has(normalizeName(name)));
    return await toLock({ ...document, packages }, { base: scratch, source: cwd, variables });
  }
}

const isHashed = ({ text }: PlacedLine): boolean => text.includes(' --hash=');

const nameOf = (text: string): string | undefined => {
  const name = /^[A-Za-z0-9][\w.-]*/.exec(text)?.[0];
  return name === undefined ? undefined : normalizeName(name);
};

/** The requirement without its hashes, extras and marker: a constraint on others. */
function pinOf({ text }: PlacedLine): string[] {
  const [, name, version] = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(==\s*[^\s;]+)/.exec(text) ?? [];
  const marker = /;(.*?)(?=\s--hash=|$)/.exec(text)?.[1];
  return name === undefined || version === undefined
    ? []
    : [`${name}${version}${marker === undefined ? '' : ` ;${marker}`}`];
}

/** uv resolves as if it installed, and refuses as pip does; the hashes themselves are checked by the installation. */
async function check(resolution: Resolution): Promise<void> {
  const { home, requirements, interpreter, directory, cwd, scratch, variables, env, noted, signal, onProgress } =
    resolution;
  const { pip } = requirements;
  const asked = writeUvFile([...pip.options, ...pip.requirements], { source: cwd, variables });
  const bounds = writeUvFile(pip.constraints, { source: cwd, variables });
  const [file, constraints] = [join(scratch, 'hashed.txt'), join(scratch, 'hashed-constraints.txt')];
  await writeFile(file, asked.text, { mode: 0o600 });
  await writeFile(constraints, bounds.text, { mode: 0o600 });
  const args = [
    ...['pip', 'install', '--dry-run', '--quiet', '--require-hashes', '--target', join(scratch, 'nowhere')],
    ...['--python', interpreter.path, '--requirements', file, '--constraints', constraints],
    ...[...indexArguments(pip), ...pip.arguments],
  ];
  const secrets = Object.values(variables);
  const call = { home, args, cwd, directory, env, secrets, scratch, signal, onProgress };
  const result = await runBuildingUv({ ...call, onNote: (note) => noted.add(note) });
  if (result.exitCode === 0) return;
  const output = restorePlaces(restorePlaces(result.output, 'hashed.txt', asked), 'hashed-constraints.txt', bounds);
  throw explainUvFailure(
    { ...result, output },
    'DEPENDENCY_UNRESOLVED',
    `the hashes of ${requirements.from} do not hold`,
  );
}
