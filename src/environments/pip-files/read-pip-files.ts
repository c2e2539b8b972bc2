import { access } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path/posix';
import { TimeSlicer } from '../../parsing/time-slicing.js';
import { readSourceText } from '../../workspaces/read-source-text.js';
import { type OptionName, parseLine } from './parse-line.js';
import { maxLineLength, readLogicalLines } from './read-logical-lines.js';
import { describeLocation, type SourceLine } from './source-line.js';
import { unresolvedError } from './unresolved-error.js';
import { expandVariables, sourcePlaceholder, type Variables } from './variables.js';

/** Requirement files and all that they include, as one list. */
export interface PipFiles {
  /** One requirement each, with its hashes; `-e` only before a directory. */
  requirements: SourceLine[];
  constraints: SourceLine[];
  /** Where packages come from and in which form, as lines of a requirement file. */
  options: SourceLine[];
  /** Arguments of uv for what a requirement file of uv’s cannot say. */
  uvArguments: string[];
  /** One hash somewhere: then everything needs one, as pip has it. */
  requiresHashes: boolean;
  /** The files that were read, relative to the repository, and what stood in them: name, text, name, text. */
  texts: string[];
  notes: string[];
}

/** Requirements in all: more than any lock file of a real project has. */
const maxRequirements = 20_000;
/** Files that are read, the included ones counted. */
const maxFiles = 1000;

export const emptyPipFiles = (): PipFiles => ({
  requirements: [],
  constraints: [],
  options: [],
  uvArguments: [],
  requiresHashes: false,
  texts: [],
  notes: [],
});

/** Requirement files, relative to the repository, and lines of the same form that another manifest holds. */
export interface PipSource {
  files: string[];
  /** The manifest that holds the lines. */
  from: string;
  lines: string[];
}

/**
 * Reads requirement files as pip does, with what they include. Every file is read once, bounded, and only within the
 * repository.
 *
 * @throws DEPENDENCY_UNRESOLVED naming file and line.
 */
export async function readPipFiles(root: string, sources: PipSource[], variables: Variables = {}): Promise<PipFiles> {
  const reading: ReadState = { root, variables, seen: new Set(), found: emptyPipFiles() };
  for (const { files, from, lines } of sources) {
    const by = { text: '', file: from, line: null };
    for (const file of files)
      await readFile(reading, { file: normalize(file), kind: 'requirement', ...(file !== from && { by }) });
    for (const text of lines) await readLine(reading, { text: text.trim(), file: from, line: null }, 'requirement');
  }
  return keepLastIndex(reading.found);
}

interface ReadState {
  root: string;
  variables: Variables;
  seen: Set<string>;
  found: PipFiles;
}

type Kind = 'requirement' | 'constraint';

interface FileToRead {
  file: string;
  kind: Kind;
  /** The line that includes it. */
  by?: SourceLine;
}

async function readFile(reading: ReadState, wanted: FileToRead): Promise<void> {
  const { root, seen, found } = reading;
  const { file, kind, by } = wanted;
  if (seen.has(`${kind} ${file}`)) return;
  seen.add(`${kind} ${file}`);
  if (seen.size > maxFiles) throw unresolvedError(`${file}: more than ${maxFiles} requirement files are included`);
  const { text, problem } = await readSourceText(root, file);
  if (text === undefined)
    throw unresolvedError(by === undefined ? `${file} ${problem}` : `${describeLocation(by)}: ${file} ${problem}`);
  found.texts.push(file, text);
  const turns = new TimeSlicer();
  for await (const line of readLogicalLines(file, text)) {
    await readLine(reading, line, kind);
    await turns.yieldIfDue();
  }
}

async function readLine(reading: ReadState, line: SourceLine, kind: Kind): Promise<void> {
  const { found, variables } = reading;
  if (line.text.length > maxLineLength) throw unresolvedError(`${describeLocation(line)}: the line is too long`);
  const parsed = parseLine(line);
  if (parsed.requirement !== null) {
    const list = kind === 'requirement' ? found.requirements : found.constraints;
    if (list.length >= maxRequirements)
      throw unresolvedError(`${describeLocation(line)}: there are more than ${maxRequirements} requirements`);
    const { requirement, isEditable, hashes } = parsed;
    const written = isEditable ? rewriteEditable(requirement) : requirement;
    list.push({ ...line, text: [written, ...hashes.map((hash) => `--hash=${hash}`)].join(' ') });
    found.requiresHashes ||= hashes.length > 0;
    for (const setting of parsed.configSettings) addBuildSetting(found, line, requirement, setting);
  }
  for (const { name, value } of parsed.options) {
    if (name === 'requirement' || name === 'constraint')
      await include(reading, {
        by: line,
        kind: kind === 'constraint' ? kind : name,
        path: expandVariables(value, variables),
      });
    else if (name === 'find-links')
      found.options.push({ ...line, text: `--find-links ${await resolveLinks(reading, line, value)}` });
    else addOption(found, line, name, value);
  }
}

interface Inclusion {
  by: SourceLine;
  kind: Kind;
  path: string;
}

/** What lies on a server is left to uv. */
async function include(reading: ReadState, { by, kind, path }: Inclusion): Promise<void> {
  if (/^https?:\/\//.test(path)) {
    const line = { ...by, text: `--${kind} ${path}` };
    (kind === 'requirement' ? reading.found.options : reading.found.constraints).push(line);
    return;
  }
  const local = path.replace(/^file:(\/\/)?(?=\.)/, '');
  const base = by.line === null ? '.' : dirname(by.file);
  const file = local.startsWith('/') ? local : normalize(join(base, local));
  await readFile(reading, { file, kind, by });
}

/** uv takes a directory as editable only; for an environment that is not edited, the two are the same. */
function rewriteEditable(requirement: string): string {
  if (!/^(\w+\+)?\w[\w.+-]*:\/\//.test(requirement)) return `-e ${requirement}`;
  const [, address = requirement, fragment = ''] = /^([^#]*)#(.*)$/.exec(requirement) ?? [];
  const parts = fragment.split('&').filter((part) => part !== '');
  const name = parts.find((part) => part.startsWith('egg='))?.slice('egg='.length);
  const rest = parts.filter((part) => !part.startsWith('egg='));
  const place = rest.length === 0 ? address : `${address}#${rest.join('&')}`;
  return name === undefined ? place : `${name} @ ${place}`;
}

function addBuildSetting(found: PipFiles, line: SourceLine, requirement: string, setting: string): void {
  const name = /^[A-Za-z0-9][\w.-]*/.exec(requirement)?.[0];
  if (name === undefined)
    found.notes.push(`${describeLocation(line)}: --config-settings is not passed on to the build.`);
  else found.uvArguments.push('--config-settings-package', `${name}:${setting}`);
}

type InstallOption = Exclude<OptionName, 'requirement' | 'constraint' | 'find-links'>;

function addOption(found: PipFiles, line: SourceLine, name: InstallOption, value: string): void {
  switch (name) {
    case 'index-url':
    case 'pypi-url':
      found.options.push({ ...line, text: `--index-url ${value}` });
      break;
    case 'extra-index-url':
      found.options.push({ ...line, text: `--extra-index-url ${value}` });
      break;
    case 'no-binary':
    case 'only-binary':
      found.options.push(...value.split(',').map((one) => ({ ...line, text: `--${name} ${one.trim()}` })));
      break;
    case 'no-index':
      found.options.push({ ...line, text: '--no-index' });
      break;
    case 'require-hashes':
      found.requiresHashes = true;
      break;
    case 'pre':
      found.uvArguments.push('--prerelease', 'allow');
      break;
    case 'trusted-host':
      found.uvArguments.push('--allow-insecure-host', value);
      found.notes.push(`${describeLocation(line)}: packages from ${value} are taken without checking its certificate.`);
      break;
    default:
      if (!ignoredOptions.has(name)) found.notes.push(`${describeLocation(line)}: --${name} has no effect here.`);
  }
}

/** Options without an effect on what is installed. */
const ignoredOptions = new Set<InstallOption>(['use-feature', 'use-wheel', 'always-unzip']);

/** A directory is looked for beside the file first, then from the repository's root, as pip does; uv runs at the root. */
async function resolveLinks(reading: ReadState, { file, line }: SourceLine, value: string): Promise<string> {
  const { root, variables } = reading;
  const expanded = expandVariables(value, variables);
  if (/^\w+:\/\//.test(expanded) || expanded.startsWith('/')) return value;
  const beside = normalize(join(line === null ? '.' : dirname(file), value));
  const isThere = await access(join(root, expandVariables(beside, variables))).then(
    () => true,
    () => false,
  );
  return `${sourcePlaceholder}/${isThere ? beside : normalize(value)}`;
}

/** pip lets the last index win; uv wants one. */
function keepLastIndex(found: PipFiles): PipFiles {
  const isIndex = ({ text }: SourceLine): boolean => text.startsWith('--index-url ');
  const last = found.options.findLastIndex(isIndex);
  return { ...found, options: found.options.filter((line, index) => !isIndex(line) || index === last) };
}
