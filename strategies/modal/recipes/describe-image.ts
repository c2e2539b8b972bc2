import { dirname } from 'node:path/posix';
import { listVariables, type Requirements } from '../../../src/environments/index.js';

export interface ImageRequirements {
  requirements: Requirements;
  /** Variables with a package's version: the image has no git to read it from. */
  versions: Record<string, string>;
  /** Import roots in addition to the revision, relative to it. */
  roots: string[];
}

/**
 * Describes the image as an expression: Modal's slim Debian with the Python that deploys, the requirements, additional
 * import roots, and the variables of the code's own manifest, each `NAME=VALUE`.
 */
export function describeImage(
  { requirements, versions, roots }: ImageRequirements,
  environment: string[] = [],
): string {
  const variables = [
    ...(roots.length === 0 ? [] : [`PYTHONPATH=${roots.map((root) => `/root/${root}`).join(':')}`]),
    ...environment,
  ].map(describeVariable);
  const steps = [
    ...buildInstallSteps(requirements, versions),
    ...(variables.length === 0 ? [] : [`.env({${variables.join(', ')}})`]),
  ];
  const base = 'modal.Image.debian_slim()';
  const line = base + steps.join('');
  return line.length <= 100 ? line : `(\n    ${[base, ...steps].join('\n    ')}\n)`;
}

function describeVariable(pair: string): string {
  const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
  return `${JSON.stringify(name)}: ${JSON.stringify(value)}`;
}

/**
 * Builds the steps that install requirements. The environments room decides which manifest counts. A copy of the code
 * serves requirements that need it.
 */
function buildInstallSteps(requirements: Requirements, versions: Record<string, string>): string[] {
  const { lock, pipFiles, lines, condaPackages, strategyRequirements, options, packages, projects, needsCopy, pip } =
    requirements;
  const secrets = buildSecretsArgument(listVariables(pip));
  const copy = { versions, secrets };
  const own = packages.length === 0 ? [] : installCopy(copy, ['--no-deps', ...packages.map(toLocalPath)]);
  const wanted = [...lines, ...condaPackages, ...strategyRequirements];
  const listed = installLines({ lines: wanted, options, secrets });
  if (lock?.kind === 'uv') return [`.uv_sync(${buildHerePath(lock.directory)})`, ...own, ...listed];
  const lists = pipFiles.flatMap((file) => ['-r', file]);
  const directories = [...new Set([...packages, ...projects.map((file) => dirname(file))])].map(toLocalPath);
  if (lock !== null) return installCopy(copy, ['uv', '&&', 'uv', 'pip', 'install', '--system', '-r', lock.file]);
  if (needsCopy)
    return installCopy(copy, [...lists, ...directories, ...options.map(quoteOption), ...wanted.map(quote)]);
  return [
    ...pipFiles.map((file) => `.pip_install_from_requirements(${buildHerePath(file)}${secrets})`),
    ...projects.map((file) => `.pip_install_from_pyproject(${buildHerePath(file)})`),
    ...listed,
  ];
}

/** Builds an argument that passes these variables to a build step. The image does not store them. */
const buildSecretsArgument = (names: string[]): string =>
  names.length === 0 ? '' : `, secrets=[modal.Secret.from_local_environ(${JSON.stringify(names)})]`;

const toLocalPath = (directory: string): string => (directory === '.' ? '.' : `./${directory}`);

const buildHerePath = (file: string): string => (file === '.' ? 'str(here)' : `str(here / ${JSON.stringify(file)})`);

interface RequirementLines {
  lines: string[];
  options: string[];
  secrets: string;
}

function installLines({ lines, options, secrets }: RequirementLines): string[] {
  if (lines.length === 0) return [];
  // pip substitutes variables only in files, and Modal quotes arguments of pip: let the shell do it.
  if ([...lines, ...options].some((line) => line.includes('${'))) {
    const command = ['pip install', ...options.map(quoteOption), ...lines.map(quote)].join(' ');
    return [`.run_commands(${JSON.stringify(command)}${secrets})`];
  }
  const extra = options.length === 0 ? '' : `, extra_options=${JSON.stringify(options.join(' '))}`;
  return [`.pip_install(${lines.map((line) => JSON.stringify(line)).join(', ')}${extra})`];
}

interface CopyOptions {
  versions: Record<string, string>;
  secrets: string;
}

const installCopy = ({ versions, secrets }: CopyOptions, wanted: string[]): string[] => [
  '.add_local_dir(here, "/build", copy=True)',
  ...(Object.keys(versions).length === 0 ? [] : [`.env(${JSON.stringify(versions)})`]),
  `.run_commands(${JSON.stringify(`cd /build && pip install ${wanted.join(' ')}`)}${secrets})`,
];

/** Quotes a line for a shell that substitutes only variables. */
const quote = (line: string): string => `"${line.replaceAll(/["\\`]|\$(?!\{[A-Z0-9_]+\})/g, '\\$&')}"`;

/** Quotes an option such as `--index-url ADDRESS`. */
const quoteOption = (option: string): string => {
  const [name = '', ...value] = option.split(' ');
  return value.length === 0 ? name : `${name} ${quote(value.join(' '))}`;
};
