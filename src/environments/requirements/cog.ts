import { join } from 'node:path/posix';
import type { ManifestRequirements } from './manifest-requirements.js';
import { parsePipInstall } from './parse-pip-install.js';
import type { Repository } from './repository.js';
import { asTable, asText, asTexts, type Table, tableAt } from './tables.js';

/** Cog's own requirements, by the module that code imports: under Cog they are there without being declared. */
const bundledWithCog: Record<string, string> = {
  requests: 'requests',
  yaml: 'PyYAML',
  structlog: 'structlog',
  typing_extensions: 'typing_extensions',
};

/** `build` of `cog.yaml`: Cog reads no other manifest. Undefined where no packages are needed. */
export async function readCogRequirements(
  repository: Repository,
  cog: Table | undefined,
): Promise<ManifestRequirements | undefined> {
  if (cog === undefined) return undefined;
  const build = tableAt(cog, 'build') ?? {};
  const { lines: installed, left } = readCommands(build.run);
  const notes = describeUnsupported(build.system_packages, left);
  const file = asText(build.python_requirements);
  const lines = [...asTexts(build.python_packages), ...installed, ...(await listBundled(repository, cog))];
  if (file !== undefined && (await repository.has(file)))
    return { from: `cog.yaml (${file})`, pipFiles: [join('.', file)], lines, isPackage: false, notes };
  if (lines.length === 0 && !Array.isArray(build.python_packages)) return undefined;
  return { from: 'cog.yaml', lines, isPackage: false, notes };
}

/** What the predictor imports of that. */
async function listBundled(repository: Repository, cog: Table): Promise<string[]> {
  const [file = ''] = (asText(cog.predict) ?? asText(cog.run) ?? '').split(':');
  const code = (await repository.has(file)) ? await repository.readText(file) : undefined;
  const isImported = (module: string) => new RegExp(`^\\s*(import|from)\\s+${module}\\b`, 'm').test(code ?? '');
  return Object.entries(bundledWithCog).flatMap(([module, name]) => (isImported(module) ? [name] : []));
}

/** Commands of the image’s build: what they install with pip belongs to the environment, and nothing else can be done. */
function readCommands(run: unknown): { lines: string[]; left: string[] } {
  const commands = (Array.isArray(run) ? run : []).flatMap(
    (item) => asText(item) ?? asText(asTable(item).command) ?? [],
  );
  const parts = commands.flatMap((command) => command.split('&&'));
  const read = parts.map((part) => ({ part: part.trim(), lines: parsePipInstall(part) }));
  return {
    lines: read.flatMap(({ lines }) => lines ?? []),
    left: read.filter(({ lines }) => lines === undefined).map(({ part }) => part),
  };
}

function describeUnsupported(packages: unknown, commands: string[]): string[] {
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
