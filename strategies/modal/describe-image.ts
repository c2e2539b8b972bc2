import type { Requirements } from '../../src/environments/index.js';

/**
 * The image as an expression: Modal's slim Debian with the Python that deploys, the requirements, the import root, and what
 * the code's own manifest sets, each `NAME=VALUE`.
 */
export function describeImage(requirements: Requirements, root: string, environment: string[] = []): string {
  const variables = [...(root === '.' ? [] : [`PYTHONPATH=/root/${root}`]), ...environment].map(describeVariable);
  const steps = [...installSteps(requirements), ...(variables.length === 0 ? [] : [`.env({${variables.join(', ')}})`])];
  const base = 'modal.Image.debian_slim()';
  const line = base + steps.join('');
  return line.length <= 100 ? line : `(\n    ${[base, ...steps].join('\n    ')}\n)`;
}

function describeVariable(pair: string): string {
  const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
  return `${JSON.stringify(name)}: ${JSON.stringify(value)}`;
}

/** Which manifest counts is what the environments room says. What needs the code itself is installed from a copy of it. */
function installSteps({ files, lines, isLocked, isPackage, needsCopy }: Requirements): string[] {
  const list = files.find((file) => file.endsWith('.txt'));
  if (isLocked) return ['.uv_sync(str(here))', ...(isPackage ? installCopy(['--no-deps', '.']) : [])];
  if (needsCopy) {
    const isProject = isPackage || (list === undefined && files.length > 0);
    return installCopy([...(list === undefined ? [] : ['-r', list]), ...(isProject ? ['.'] : []), ...lines.map(quote)]);
  }
  return [
    ...(list === undefined ? [] : [`.pip_install_from_requirements(str(here / ${JSON.stringify(list)}))`]),
    ...(files.includes('pyproject.toml') ? ['.pip_install_from_pyproject(str(here / "pyproject.toml"))'] : []),
    ...(lines.length === 0 ? [] : [`.pip_install(${lines.map((line) => JSON.stringify(line)).join(', ')})`]),
  ];
}

/** Packages that take their version from git find no history there. */
const installCopy = (wanted: string[]): string[] => [
  '.add_local_dir(here, "/build", copy=True)',
  '.env({"SETUPTOOLS_SCM_PRETEND_VERSION": "0.0.0"})',
  `.run_commands(${JSON.stringify(`cd /build && pip install ${wanted.join(' ')}`)})`,
];

const quote = (line: string): string => `'${line}'`;
