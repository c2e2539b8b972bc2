import { access } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path/posix';
import { Turns } from '../../event-loop.js';
import { readSourceText } from '../../workspaces/read-source-text.js';
import { logicalLines, longestLine } from './logical-lines.js';
import { type OptionName, parseLine } from './parse-line.js';
import { describePlace, type PlacedLine } from './placed-line.js';
import { unresolved } from './unresolved.js';
import { fillIn, sourceMark, type Variables } from './variables.js';

/** Requirement files and all that they include, as one list. */
export interface PipFiles {
  /** One requirement each, with its hashes; `-e` only before a directory. */
  requirements: PlacedLine[];
  constraints: PlacedLine[];
  /** Where packages come from and in which form, as lines of a requirement file. */
  options: PlacedLine[];
  /** Arguments of uv for what a requirement file of uv’s cannot say. */
  arguments: string[];
  /** One hash somewhere: then everything needs one, as pip has it. */
  mustHash: boolean;
  /** The files that were read, relative to the repository, and what stood in them: name, text, name, text. */
  texts: string[];
  notes: string[];
}

/** Requirements in all: more than any lock file of a real project has. */
const mostRequirements = 20_000;
/** Files that are read, the included ones counted. */
const mostFiles = 1000;

export const noPipFiles = (): PipFiles => ({
  requirements: [],
  constraints: [],
  options: [],
  arguments: [],
  mustHash: false,
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
  const reading: Reading = { root, variables, seen: new Set(), found: noPipFiles() };
  for (const { files, from, lines } of sources) {
    const by = { text: '', file: from, line: null };
    for (const file of files)
      await readFile(reading, { file: normalize(file), kind: 'requirement', ...(file !== from && { by }) });
    for (const text of lines) await readLine(reading, { text: text.trim(), file: from, line: null }, 'requirement');
  }
  return keepLastIndex(reading.found);
}

interface Reading {
  root: string;
  variables: Variables;
  seen: Set<string>;
  found: PipFiles;
}

type Kind = 'requirement' | 'constraint';

interface Wanted {
  file: string;
  kind: Kind;
  /** The line that includes it. */
  by?: PlacedLine;
}

async function readFile(reading: Reading, wanted: Wanted): Promise<void> {
  const { root, seen, found } = reading;
  const { file, kind, by } = wanted;
  if (seen.has(`${kind} ${file}`)) return;
  seen.add(`${kind} ${file}`);
  if (seen.size > mostFiles) throw unresolved(`${file}: more than ${mostFiles} requirement files are included`);
  const { text, problem } = await readSourceText(root, file);
  if (text === undefined)
    throw unresolved(by === undefined ? `${file} ${problem}` : `${describePlace(by)}: ${file} ${problem}`);
  found.texts.push(file, text);
  const turns = new Turns();
  for await (const line of logicalLines(file, text)) {
    await readLine(reading, line, kind);
    await turns.next();
  }
}

async function readLine(reading: Reading, line: PlacedLine, kind: Kind): Promise<void> {
  const { found, variables } = reading;
  if (line.text.length > longestLine) throw unresolved(`${describePlace(line)}: the line is too long`);
  const parsed = parseLine(line);
  if (parsed.requirement !== null) {
    const list = kind === 'requirement' ? found.requirements : found.constraints;
    if (list.length >= mostRequirements)
      throw unresolved(`${describePlace(line)}: there are more than ${mostRequirements} requirements`);
    const { requirement, isEditable, hashes } = parsed;
    const written = isEditable ? withoutEditable(requirement) : requirement;
    list.push({ ...line, text: [written, ...hashes.map((hash) => `--hash=${hash}`)].join(' ') });
    found.mustHash ||= hashes.length > 0;
    for (const setting of parsed.configSettings) addBuildSetting(found, line, requirement, setting);
  }
  for (const { name, value } of parsed.options) {
    if (name === 'requirement' || name === 'constraint')
      await include(reading, { by: line, kind: kind === 'constraint' ? kind : name, path: fillIn(value, variables) });
    else if (name === 'find-links')
      found.options.push({ ...line, text: `--find-links ${await placeLinks(reading.root, line, value)}` });
    else addOption(found, line, name, value);
  }
}

interface Inclusion {
  by: PlacedLine;
  kind: Kind;
  path: string;
}

/** What lies on a server is left to uv. */
async function include(reading: Reading, { by, kind, path }: Inclusion): Promise<void> {
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
function withoutEditable(requirement: string): string {
  if (!/^(\w+\+)?\w[\w.+-]*:\/\//.test(requirement)) return `-e ${requirement}`;
  const [, address = requirement, fragment = ''] = /^([^#]*)#(.*)$/.exec(requirement) ?? [];
  const parts = fragment.split('&').filter((part) => part !== '');
  const name = parts.find((part) => part.startsWith('egg='))?.slice('egg='.length);
  const rest = parts.filter((part) => !part.startsWith('egg='));
  const place = rest.length === 0 ? address : `${address}#${rest.join('&')}`;
  return name === undefined ? place : `${name} @ ${place}`;
}

function addBuildSetting(found: PipFiles, line: PlacedLine, requirement: string, setting: string): void {
  const name = /^[A-Za-z0-9][\w.-]*/.exec(requirement)?.[0];
  if (name === undefined) found.notes.push(`${describePlace(line)}: --config-settings is not passed on to the build.`);
  else found.arguments.push('--config-settings-package', `${name}:${setting}`);
}

type InstallOption = Exclude<OptionName, 'requirement' | 'constraint' | 'find-links'>;

function addOption(found: PipFiles, line: PlacedLine, name: InstallOption, value: string): void {
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
      found.mustHash = true;
      break;
    case 'pre':
      found.arguments.push('--prerelease', 'allow');
      break;
    case 'trusted-host':
      found.arguments.push('--allow-insecure-host', value);
      found.notes.push(`${describePlace(line)}: packages from ${value} are taken without checking its certificate.`);
      break;
    default:
      if (!silent.has(name)) found.notes.push(`${describePlace(line)}: --${name} has no effect here.`);
  }
}

/** Options without an effect on what is installed. */
const silent = new Set<InstallOption>(['use-feature', 'use-wheel', 'always-unzip']);

/** A directory is looked for beside the file first, then from the repository's root, as pip does; uv runs at the root. */
async function placeLinks(root: string, { file, line }: PlacedLine, value: string): Promise<string> {
  if (/^\w+:\/\//.test(value) || value.startsWith('/')) return value;
  const beside = normalize(join(line === null ? '.' : dirname(file), value));
  const isThere = await access(join(root, beside)).then(
    () => true,
    () => false,
  );
  return `${sourceMark}/${isThere ? beside : normalize(value)}`;
}

/** pip lets the last index win; uv wants one. */
function keepLastIndex(found: PipFiles): PipFiles {
  const isIndex = ({ text }: PlacedLine): boolean => text.startsWith('--index-url ');
  const last = found.options.findLastIndex(isIndex);
  return { ...found, options: found.options.filter((line, index) => !isIndex(line) || index === last) };
}
