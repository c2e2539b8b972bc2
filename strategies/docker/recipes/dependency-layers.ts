import { dirname, join } from 'node:path/posix';
import type { Facts } from '../../../src/contract/facts.js';
import { listVariables, missingCodePattern, type Requirements } from '../../../src/environments/index.js';
import { skippedPackagesFile } from '../image/skipped-packages.js';
import { mountSecrets } from './mount-secrets.js';

/** Lines of a Dockerfile, and the files that they need. */
export interface DependencyLayers {
  /** System packages and commands that the repository requires. */
  system: string[];
  /** Lines before the code is copied. Their layers are reused when only the code changes. */
  before: string[];
  /** Lines that need the code. */
  after: string[];
  files: Record<string, string>;
}

interface DependencyRequest {
  facts: Facts;
  requirements: Requirements;
  /** Variables with a package's version: the image has no git to read it from. */
  versions: Record<string, string>;
}

/**
 * Mounts that give pip the settings of this machine's package index as secrets, which no layer keeps. All paths are in
 * the image.
 */
const mounts = [
  '--mount=type=secret,id=pip.conf,target=/etc/pip.conf',
  '--mount=type=secret,id=ca.pem',
  '--mount=type=cache,target=/root/.cache/pip',
];

const buildRunStep = (command: string, variables: string[] = []): string => {
  const secrets = mountSecrets(variables);
  return `RUN ${[...mounts, ...secrets.mounts, `${secrets.exports}${command}`].join(' \\\n    ')}`;
};

/**
 * Describes the requirements of a repository's manifests as layers. The environments room decides which manifests
 * count.
 */
export function describeDependencies({ facts, requirements, versions }: DependencyRequest): DependencyLayers {
  const written = writeRequirements(requirements);
  const parts = [
    describeLock(requirements),
    describeFiles(requirements),
    written.layers,
    describeProjects(requirements, versions),
  ];
  const own = requirements.packages.map((packagePath) =>
    buildRunStep(buildOwnInstall(`${writeAssignments(versions)}pip install --no-deps`, packagePath)),
  );
  return {
    system: [...describeGit(requirements), ...describeSystem(facts)],
    before: parts.flatMap(({ before = [] }) => before),
    after: [...parts.flatMap(({ after = [] }) => after), ...own],
    files: written.files,
  };
}

/**
 * Installs the repository's own package. When the build backend does not find its code, skips it and keeps the
 * backend's message.
 */
function buildOwnInstall(command: string, packagePath: string): string {
  const log = '/tmp/own-package.log';
  const build = `${command} ${packagePath === '.' ? '.' : `./${packagePath}`} > ${log} 2>&1`;
  return `if ! ${build}; then cat ${log}; grep -E '${missingCodePattern}' ${log} >> ${skippedPackagesFile}; fi`;
}

type Layers = Partial<Pick<DependencyLayers, 'before' | 'after'>>;

const buildCopyStep = (file: string): string => `COPY ${file} ${file.includes('/') ? `${dirname(file)}/` : './'}`;

/**
 * Describes a lock file, which is complete. One that names directories of the repository is installed with the code.
 */
function describeLock({ lock, needsCopy, packages }: Requirements): Layers {
  if (lock === null) return {};
  const steps = lock.kind === 'uv' ? [installUvLock(lock)] : [installPylock(lock.file)];
  // The repository's own package does not need the code here: it is installed afterwards.
  if (lock.member !== null || lock.isVirtual || (needsCopy && packages.length === 0)) return { after: steps };
  const files = lock.kind === 'uv' ? [join(lock.directory, 'pyproject.toml'), lock.file] : [lock.file];
  return { before: [...files.map(buildCopyStep), ...steps] };
}

function installUvLock({ directory, member, excludedGroups = [] }: NonNullable<Requirements['lock']>): string {
  const groups = excludedGroups.map((name) => ` --no-group ${name}`).join('');
  const packagePath = directory === '.' ? '' : ` --directory ${directory}`;
  const part = member === null ? '' : ` --package ${member}`;
  const list = '/tmp/requirements.txt';
  return buildRunStep(
    `pip install uv && uv export --quiet --frozen --no-dev --no-emit-project${groups}${packagePath}${part} --output-file ${list} && \\\n    pip install --requirement ${list}`,
  );
}

const installPylock = (file: string): string =>
  buildRunStep(`pip install uv && uv pip install --system --no-deps --requirements ${file}`);

/** Describes requirement files: before the code, unless they name files in it. */
function describeFiles({ pip, pipFiles }: Requirements): Layers {
  if (pipFiles.length === 0) return {};
  const files = pip.texts.filter((_, index) => index % 2 === 0);
  const lists = pipFiles.map((file) => ` --requirement ${file}`).join('');
  const install = buildRunStep(`${chooseInstallCommand(pip)}${lists}`, listVariables(pip));
  return hasLocalPaths(pip) ? { after: [install] } : { before: [...[...new Set(files)].map(buildCopyStep), install] };
}

/**
 * Returns the install command. The index refuses `sklearn` on purpose: allow it, as an empty package, and install the
 * package that its authors meant.
 */
const chooseInstallCommand = ({ texts }: Requirements['pip']): string =>
  texts.some((text) => /^\s*sklearn\s*(#.*)?$/m.test(text))
    ? 'SKLEARN_ALLOW_DEPRECATED_SKLEARN_PACKAGE_INSTALL=True pip install scikit-learn'
    : 'pip install';

const hasLocalPaths = ({ requirements, options }: Requirements['pip']): boolean =>
  requirements.some(({ text }) => /^(-e|\.|\/|file:)|@\s*(file:|\.)/.test(text)) ||
  options.some(({ text }) => text.startsWith('--find-links file:'));

const readDependenciesScript =
  "import sys, tomllib; print(*tomllib.load(sys.stdin.buffer)['project'].get('dependencies', []), sep='\\\\n')";

/**
 * Describes pyproject.toml and setup.py, which pip cannot read without the project, and a backend not without the code.
 */
function describeProjects(
  { projects, packages, lock, needsCopy, texts }: Requirements,
  versions: Record<string, string>,
): Layers {
  if (lock !== null) return {};
  const [project] = projects;
  if (project === undefined) return {};
  const isDeclared =
    projects.every((file) => file.endsWith('pyproject.toml')) && !hasDynamicDependencies(texts, project);
  if (!isDeclared || (needsCopy && packages.length === 0))
    return {
      after: projects.map((file) =>
        buildRunStep(`${writeAssignments(versions)}pip install ./${dirname(file)}`.replace(/\/\.$/, '')),
      ),
    };
  const list = '/tmp/requirements.txt';
  return {
    before: projects.flatMap((file) => [
      buildCopyStep(file),
      buildRunStep(`python -c "${readDependenciesScript}" < ${file} > ${list} && pip install --requirement ${list}`),
    ]),
  };
}

function hasDynamicDependencies(texts: string[], project: string): boolean {
  const text = texts[texts.indexOf(project) + 1] ?? '';
  return /^dynamic\s*=\s*\[[^\]]*dependencies/m.test(text) || !/^\[project\]/m.test(text);
}

/** Writes requirement files for other tools' manifests (Poetry, Pipenv, Cog, conda) and the strategy's packages. */
function writeRequirements({
  lines,
  options,
  condaPackages,
  strategyRequirements,
  constraints,
  isStale,
  pip,
}: Requirements): {
  layers: Layers;
  files: Record<string, string>;
} {
  const wanted = [...lines, ...condaPackages, ...strategyRequirements];
  const usable = isStale ? [] : constraints;
  if (wanted.length === 0) return { layers: {}, files: {} };
  const isPlain = usable.length === 0 && options.length === 0 && wanted.length <= 8;
  if (isPlain && !wanted.some((line) => /^-|\$\{/.test(line)))
    return {
      layers: { before: [buildRunStep(`pip install ${wanted.map((line) => JSON.stringify(line)).join(' ')}`)] },
      files: {},
    };
  // Not `.txt`: many repositories ignore `*.txt`, and an ignored file is not part of the revision.
  const names = ['requirements.berth', 'constraints.berth'] as const;
  const written = [...options, ...wanted];
  const texts = { [names[0]]: `${written.join('\n')}\n`, [names[1]]: `${usable.join('\n')}\n` };
  const command = `pip install --requirement ${names[0]} --constraint ${names[1]}`;
  const install = buildRunStep(command, listVariables(pip));
  const isLocal = lines.some((line) => /^(-[erc]|\.|\/|file:)|@\s*(file:|\.)/.test(line));
  const layers = isLocal ? { after: [install] } : { before: [`COPY ${names.join(' ')} ./`, install] };
  return { layers, files: texts };
}

const writeAssignments = (variables: Record<string, string>): string =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${value} `)
    .join('');

const installSystem = (packages: string[]): string[] =>
  packages.length === 0
    ? []
    : [
        `RUN apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')} && rm -rf /var/lib/apt/lists/*`,
      ];

/** Adds git, with which pip fetches: the slim images lack it. */
const describeGit = ({ pip, lines, strategyRequirements, texts, lock }: Requirements): string[] =>
  [...pip.requirements.map(({ text }) => text), ...lines, ...strategyRequirements].some((line) =>
    /\bgit\+/.test(line),
  ) ||
  (lock !== null && texts.some((text) => /source = \{ git = /.test(text)))
    ? installSystem(['git'])
    : [];

/** Describes the system packages in `cog.yaml`, the only manifest that names any. */
function describeSystem({ cog }: Facts): string[] {
  const build = (cog?.build ?? {}) as Record<string, unknown>; // the user's YAML: it may have any shape
  const texts = (value: unknown): string[] =>
    Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  return [...installSystem(texts(build.system_packages)), ...texts(build.run).map((command) => `RUN ${command}`)];
}
