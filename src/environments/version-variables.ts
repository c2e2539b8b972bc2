import { readSourceText } from '../workspaces/read-source-text.js';
import type { SourceHistory } from '../workspaces/source-history.js';
import type { Requirements } from './requirements/read-requirements.js';

/** What tells the version of a package instead of git. */
export interface VersionVariables {
  /** Variables of the build. */
  env: Record<string, string>;
  /** Null where the version is the source's own. */
  note: string | null;
}

export interface VersionRequest {
  /** The repository. */
  directory: string;
  requirements: Pick<Requirements, 'packages' | 'packageName' | 'texts'>;
  history: SourceHistory | undefined;
}

/** Each tool that takes versions from git has a variable that it believes instead. */
const versionTools: { named: RegExp; variable: (name: string | null) => string }[] = [
  {
    named: /setuptools[_-]scm|vcs[_-]versioning/i,
    variable: (name) => `SETUPTOOLS_SCM_PRETEND_VERSION${name === null ? '' : `_FOR_${toVariable(name)}`}`,
  },
  // It asks setuptools-scm without telling it the package's name.
  { named: /hatch[_-]vcs/i, variable: () => 'SETUPTOOLS_SCM_PRETEND_VERSION' },
  {
    named: /\[tool\.pdm\.version\][^[]*scm|\bscm\b[^\n]*pdm|pdm[^\n]*\bscm\b/i,
    variable: () => 'PDM_BUILD_SCM_VERSION',
  },
  { named: /poetry-dynamic-versioning/i, variable: () => 'POETRY_DYNAMIC_VERSIONING_BYPASS' },
  { named: /uv-dynamic-versioning/i, variable: () => 'UV_DYNAMIC_VERSIONING_BYPASS' },
  { named: /\bpbr\b/i, variable: () => 'PBR_VERSION' },
];

const toVariable = (name: string): string => name.toUpperCase().replaceAll(/[-_.]+/g, '_');

/** Of a package without history: what it was published as, where that is written beside it; else nothing in particular. */
const unknownVersion = '0.0.0';

/** For a build from a copy: git itself tells, where the source was in a repository. */
export async function resolveVersionVariables(request: VersionRequest): Promise<VersionVariables> {
  const { directory, history } = request;
  const { packages, packageName, texts } = request.requirements;
  const used = findTools(texts);
  const isTold = history !== undefined || used.length === 0 || packages.length === 0;
  if (isTold || (await hasArchivedVersion(directory, packages))) return { env: {}, note: null };
  const published = await readPublishedVersion(directory, packages);
  const version = published ?? unknownVersion;
  const name = packageName ?? 'the package';
  const note = `The version of ${name} is told by git, and the source has no history: ${version} is used.`;
  return { env: buildVariables(used, packageName, version), note: published === undefined ? note : null };
}

/** For a build without git: as setuptools-scm would tell it by default. */
export async function listVersionVariables(request: VersionRequest): Promise<Record<string, string>> {
  const { directory, history } = request;
  const { packages, packageName, texts } = request.requirements;
  const version = parseDescribedVersion(history) ?? (await readPublishedVersion(directory, packages)) ?? unknownVersion;
  return buildVariables(findTools(texts), packageName, version);
}

const findTools = (texts: string[]) => versionTools.filter(({ named }) => texts.some((text) => named.test(text)));

const buildVariables = (used: typeof versionTools, name: string | null, version: string): Record<string, string> =>
  Object.fromEntries(used.map(({ variable }) => [variable(name), version]));

/** `v1.2.3-0-gabc` → 1.2.3, `v1.2.3-4-gabc` → 1.2.4.dev4+gabc. */
export function parseDescribedVersion(history: Pick<SourceHistory, 'described'> | undefined): string | undefined {
  const [, tag = '', distance = '0', commit = ''] = /^(.*)-(\d+)-g([0-9a-f]+)$/.exec(history?.described ?? '') ?? [];
  const release = /(\d+(?:\.\d+)*(?:[-_.]?(?:a|b|c|rc|alpha|beta|pre|post|dev)[-_.]?\d*)*)$/i.exec(tag)?.[1];
  if (release === undefined) return undefined;
  if (distance === '0') return release;
  const next = release.replace(/\d+(?=\D*$)/, (digits) => String(Number(digits) + 1));
  return `${next}.dev${distance}+g${commit}`;
}

async function readPublishedVersion(directory: string, packages: string[]): Promise<string | undefined> {
  const { text = '' } = await readSourceText(directory, `${packages[0] ?? '.'}/PKG-INFO`);
  return /^Version: (\S+)/m.exec(text)?.[1];
}

/** What `git archive` has written into the source, as far as the tools read it. */
async function hasArchivedVersion(directory: string, packages: string[]): Promise<boolean> {
  const { text = '' } = await readSourceText(directory, `${packages[0] ?? '.'}/.git_archival.txt`);
  return /^describe-name: [^$\s]|^ref-names: .*tag: /m.test(text);
}
