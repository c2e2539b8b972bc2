import { join } from 'node:path/posix';
import type { ManifestRequirements } from './manifest-requirements.js';
import { parsePipInstall } from './parse-pip-install.js';
import type { Repository } from './repository.js';
import { asTable, asText, asTexts, type Table, tableAt } from './tables.js';

/** Cog's own requirements by module. Code that runs under Cog may import them without declaring them. */
const bundledWithCog: Record<string, string> = {
  requests: 'requests',
  yaml: 'PyYAML',
  structlog: 'structlog',
  typing_extensions: 'typing_extensions',
};

/** Reads `build` of `cog.yaml`, Cog's only manifest. Returns undefined when it names no packages. */
export async function readCogRequirements(
  repository: Repository,
  cog: Table | undefined,
): Promise<ManifestRequirements | undefined> {
  if (cog === undefined) return undefined;
  const build = tableAt(cog, 'build') ?? {};
  const { lines: installed, otherCommands } = readCommands(build.run);
  const notes = describeUnsupported(build.system_packages, otherCommands);
  const file = asText(build.python_requirements);
  const lines = [...asTexts(build.python_packages), ...installed, ...(await listBundled(repository, cog))];
  if (file !== undefined && (await repository.has(file)))
    return { from: `cog.yaml (${file})`, pipFiles: [join('.', file)], lines, isPackage: false, notes };
  if (lines.length === 0 && !Array.isArray(build.python_packages)) return undefined;
  return { from: 'cog.yaml', lines, isPackage: false, notes };
}

/** Lists Cog's own requirements that the predictor imports. */
async function listBundled(repository: Repository, cog: Table): Promise<string[]> {
  const [file = ''] = (asText(cog.predict) ?? asText(cog.run) ?? '').split(':');
  const code = (await repository.has(file)) ? await repository.readText(file) : undefined;
  const isImported = (module: string) => new RegExp(`^\\s*(import|from)\\s+${module}\\b`, 'm').test(code ?? '');
  return Object.entries(bundledWithCog).flatMap(([module, name]) => (isImported(module) ? [name] : []));
}

/** Reads the packages that build commands install with pip, and the commands that have no effect here. */
function readCommands(run: unknown): { lines: string[]; otherCommands: string[] } {
  const commands = (Array.isArray(run) ? run : []).flatMap(
    (item) => asText(item) ?? asText(asTable(item).command) ?? [],
  );
  const parts = commands.flatMap((command) => command.split('&&'));
  const parsed = parts.map((part) => ({ part: part.trim(), lines: parsePipInstall(part) }));
  return {
    lines: parsed.flatMap(({ lines }) => lines ?? []),
    otherCommands: parsed.filter(({ lines }) => lines === undefined).map(({ part }) => part),
  };
}

function describeUnsupported(packages: unknown, commands: string[]): string[] {
  const system = Array.isArray(packages) ? packages.map(String) : [];
  return [
    ...(system.length > 0
      ? [`cog.yaml requires system packages (${system.join(', ')}), which Berth does not install here.`]
      : []),
    ...(commands.length > 0
      ? [`cog.yaml has build commands (\`run\`), which Berth does not run here: ${commands.join('; ')}.`]
      : []),
  ];
}
