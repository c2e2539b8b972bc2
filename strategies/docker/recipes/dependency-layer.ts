import { readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path/posix';
import type { Facts } from '../../../src/contract/facts.js';
import type { Requirements } from '../../../src/environments/index.js';

/** Lines of a Dockerfile, and the files that they need. */
export interface DependencyLayers {
  /** System packages and commands that the repository asks for. */
  system: string[];
  /** Installed before the code is copied, so that the layer stays when only the code changes. */
  before: string[];
  /** What cannot be installed without the code. */
  after: string[];
  files: Record<string, string>;
}

interface Asked {
  workspace: string;
  facts: Facts;
  requirements: Requirements;
}

/** The settings of this machine's package index reach pip as secrets that no layer keeps. All paths are the image's own. */
const mounts = [
  '--mount=type=secret,id=pip.conf,target=/etc/pip.conf',
  '--mount=type=secret,id=ca.pem',
  '--mount=type=cache,target=/root/.cache/pip',
];

const run = (command: string): string => `RUN ${[...mounts, command].join(' \\\n    ')}`;

/** What a repository's manifests ask for, as layers. Which of them counts is what the environments room says. */
export async function describeDependencies({ workspace, facts, requirements }: Asked): Promise<DependencyLayers> {
  const { files, lines, constraints, isLocked, isPackage, needsCopy } = requirements;
  const written = writeRequirements(lines, constraints);
  const own = isPackage ? [run('SETUPTOOLS_SCM_PRETEND_VERSION=0.0.0 pip install --no-deps .')] : [];
  const rest = { system: describeSystem(facts), files: written.files };
  const has = (file: string) => files.includes(file);
  if (isLocked) return { ...rest, before: [...locked, ...written.lines], after: own };
  if (has('requirements.txt') && !mentionsPaths(requirements)) {
    const copied = await listIncluded(workspace, 'requirements.txt');
    const before = [...copied.map(copy), run('pip install --requirement requirements.txt'), ...written.lines];
    return { ...rest, before, after: own };
  }
  if (has('requirements.txt'))
    return { ...rest, before: written.lines, after: [run('pip install --requirement requirements.txt'), ...own] };
  if (has('pyproject.toml') && !needsDynamic(requirements))
    return { ...rest, before: [...declared, ...written.lines], after: own };
  if (files.length > 0 || (needsCopy && isPackage))
    return { ...rest, before: written.lines, after: [run('pip install .')] };
  return { ...rest, before: written.lines, after: own };
}

const copy = (file: string): string => `COPY ${file} ${file.includes('/') ? `${dirname(file)}/` : './'}`;

const locked = [
  'COPY pyproject.toml uv.lock ./',
  run(
    'pip install uv && uv export --quiet --frozen --no-dev --no-emit-project --output-file /tmp/requirements.txt && \\\n    pip install --requirement /tmp/requirements.txt',
  ),
];

const reader =
  "import sys, tomllib; print(*tomllib.load(sys.stdin.buffer)['project'].get('dependencies', []), sep='\\\\n')";

/** pip reads no pyproject.toml without its project. */
const declared = [
  'COPY pyproject.toml ./',
  run(
    `python -c "${reader}" < pyproject.toml > /tmp/requirements.txt && pip install --requirement /tmp/requirements.txt`,
  ),
];

/** What other tools' manifests ask for (Poetry, Pipenv, Cog), and what the strategy adds. */
function writeRequirements(
  lines: string[],
  constraints: string[],
): Pick<DependencyLayers, 'files'> & { lines: string[] } {
  if (lines.length === 0) return { files: {}, lines: [] };
  if (constraints.length === 0 && lines.length <= 8)
    return { files: {}, lines: [run(`pip install ${lines.map((line) => JSON.stringify(line)).join(' ')}`)] };
  const names = ['requirements.berth.txt', 'constraints.berth.txt'] as const;
  const texts = { [names[0]]: `${lines.join('\n')}\n`, [names[1]]: `${constraints.join('\n')}\n` };
  const command = `pip install --requirement ${names[0]} --constraint ${names[1]}`;
  return { files: texts, lines: [`COPY ${names.join(' ')} ./`, run(command)] };
}

/** `requirements.txt` and what it includes with `-r` and `-c`. */
async function listIncluded(workspace: string, file: string, seen = new Set<string>()): Promise<string[]> {
  if (seen.has(file)) return [...seen];
  seen.add(file);
  const text = await readFile(join(workspace, file), 'utf8').catch(() => '');
  for (const [, included = ''] of text.matchAll(/^\s*(?:-r|-c|--requirement|--constraint)[\s=]+(\S+)/gm))
    await listIncluded(workspace, normalize(join(dirname(file), included)), seen);
  return [...seen];
}

const mentionsPaths = ({ texts }: Requirements): boolean =>
  texts.some((text) => /^\s*(-e|--editable|\.{1,2}\/|\.$|file:)/m.test(text) || /@\s*(file:|\.{1,2}\/)/.test(text));

const needsDynamic = ({ texts }: Requirements): boolean =>
  texts.some((text) => /^dynamic\s*=\s*\[[^\]]*dependencies/m.test(text)) ||
  !texts.some((text) => /^\[project\]/m.test(text));

/** What `cog.yaml` asks of the system; no other manifest says such a thing. */
function describeSystem({ cog }: Facts): string[] {
  const build = (cog?.build ?? {}) as Record<string, unknown>; // the user's own YAML, read with care
  const texts = (value: unknown): string[] =>
    Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  const packages = texts(build.system_packages);
  const install =
    packages.length === 0
      ? []
      : [
          `RUN apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')} && rm -rf /var/lib/apt/lists/*`,
        ];
  return [...install, ...texts(build.run).map((command) => `RUN ${command}`)];
}
