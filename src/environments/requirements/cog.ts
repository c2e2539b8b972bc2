import { join } from 'node:path/posix';
import type { Asked } from './asked.js';
import { readPipInstall } from './pip-command.js';
import type { Repository } from './repository.js';
import { asTable, asText, asTexts, type Table } from './tables.js';

/** `build` of `cog.yaml`: Cog reads no other manifest. Undefined where it names no packages. */
export async function askCog(repository: Repository, build: Table | undefined): Promise<Asked | undefined> {
  if (build === undefined) return undefined;
  const { lines: installed, left } = readCommands(build.run);
  const notes = describeSystem(build.system_packages, left);
  const file = asText(build.python_requirements);
  const lines = [...asTexts(build.python_packages), ...installed];
  if (file !== undefined && (await repository.has(file)))
    return { from: `cog.yaml (${file})`, pipFiles: [join('.', file)], lines, isPackage: false, notes };
  if (lines.length === 0 && !Array.isArray(build.python_packages)) return undefined;
  return { from: 'cog.yaml', lines, isPackage: false, notes };
}

/** Commands of the image’s build: what they install with pip belongs to the environment, and nothing else can be done. */
function readCommands(run: unknown): { lines: string[]; left: string[] } {
  const commands = (Array.isArray(run) ? run : []).flatMap(
    (item) => asText(item) ?? asText(asTable(item).command) ?? [],
  );
  const parts = commands.flatMap((command) => command.split('&&'));
  const read = parts.map((part) => ({ part: part.trim(), lines: readPipInstall(part) }));
  return {
    lines: read.flatMap(({ lines }) => lines ?? []),
    left: read.filter(({ lines }) => lines === undefined).map(({ part }) => part),
  };
}

function describeSystem(packages: unknown, commands: string[]): string[] {
  const system = Array.isArray(packages) ? packages.map(String) : [];
  return [
    ...(system.length > 0
      ? [`cog.yaml asks for system packages (${system.join(', ')}); Berth does not install them here.`]
      : []),
    ...(commands.length > 0
      ? [`cog.yaml asks for build commands (\`run\`); Berth does not run them here: ${commands.join('; ')}.`]
      : []),
  ];
}
