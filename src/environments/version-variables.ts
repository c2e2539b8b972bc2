import { readSourceText } from '../workspaces/read-source-text.js';
import type { SourceHistory } from '../workspaces/source-history.js';
import type { Requirements } from './requirements/read-requirements.js';

/** Version of a package for builds that cannot read it from git. */
export interface VersionVariables {
  /** Variables for the build. */
  env: Record<string, string>;
  /** Null if the version comes from the source. */
  note: string | null;
}

export interface VersionRequest {
  /** The repository. */
  directory: string;
  requirements: Pick<Requirements, 'packages' | 'packageName' | 'texts'>;
  history: SourceHistory | undefined;
}

/** Tools that read versions from git, each with a variable that overrides it. */
const versionTools: { pattern: RegExp; variable: (name: string | null) => string }[] = [
  {
    pattern: /setuptools[_-]scm|vcs[_-]versioning/i,
    variable: (name) => `SETUPTOOLS_SCM_PRETEND_VERSION${name === null ? '' : `_FOR_${toVariable(name)}`}`,
  },
  // hatch-vcs calls setuptools-scm without the package's name.
  { pattern: /hatch[_-]vcs/i, variable: () => 'SETUPTOOLS_SCM_PRETEND_VERSION' },
  {
    pattern: /\[tool\.pdm\.version\][^[]*scm|\bscm\b[^\n]*pdm|pdm[^\n]*\bscm\b/i,
    variable: () => 'PDM_BUILD_SCM_VERSION',
  },
  { pattern: /poetry-dynamic-versioning/i, variable: () => 'POETRY_DYNAMIC_VERSIONING_BYPASS' },
  { pattern: /uv-dynamic-versioning/i, variable: () => 'UV_DYNAMIC_VERSIONING_BYPASS' },
  { pattern: /\bpbr\b/i, variable: () => 'PBR_VERSION' },
];

const toVariable = (name: string): string => name.toUpperCase().replaceAll(/[-_.]+/g, '_');

/** Version of a package without history and without a published version. */
const unknownVersion = '0.0.0';

/** Returns the version for a build from a copy. Empty when the copy has the source's git history. */
export async function resolveVersionVariables(request: VersionRequest): Promise<VersionVariables> {
  const { directory, history } = request;
  const { packages, packageName, texts } = request.requirements;
  const used = findTools(texts);
  const isKnown = history !== undefined || used.length === 0 || packages.length === 0;
  if (isKnown || (await hasArchivedVersion(directory, packages))) return { env: {}, note: null };
  const published = await readPublishedVersion(directory, packages);
  const version = published ?? unknownVersion;
  const name = packageName ?? 'the package';
  const note = `The version of ${name} comes from git, but the source has no history. Uses ${version}.`;
  return { env: buildVariables(used, packageName, version), note: published === undefined ? note : null };
}

/** Returns variables for a build without git, with the version that setuptools-scm would compute by default. */
export async function listVersionVariables(request: VersionRequest): Promise<Record<string, string>> {
  const { directory, history } = request;
  const { packages, packageName, texts } = request.requirements;
  const version = parseDescribedVersion(history) ?? (await readPublishedVersion(directory, packages)) ?? unknownVersion;
  return buildVariables(findTools(texts), packageName, version);
}

const findTools = (texts: string[]) => versionTools.filter(({ pattern }) => texts.some((text) => pattern.test(text)));

const buildVariables = (used: typeof versionTools, name: string | null, version: string): Record<string, string> =>
  Object.fromEntries(used.map(({ variable }) => [variable(name), version]));

/** Converts git's description to a version: `v1.2.3-0-gabc` → 1.2.3, `v1.2.3-4-gabc` → 1.2.4.dev4+gabc. */
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

/** Checks for a version that `git archive` wrote into the source, where the tools read it. */
async function hasArchivedVersion(directory: string, packages: string[]): Promise<boolean> {
  const { text = '' } = await readSourceText(directory, `${packages[0] ?? '.'}/.git_archival.txt`);
  return /^describe-name: [^$\s]|^ref-names: .*tag: /m.test(text);
}
