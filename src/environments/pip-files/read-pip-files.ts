import { access } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path/posix';
import { TimeSlicer } from '../../parsing/time-slicing.js';
import { readSourceText } from '../../workspaces/read-source-text.js';
import { addBuildSetting, addOption } from './add-option.js';
import { parseLine } from './parse-line.js';
import { emptyPipFiles, type PipFiles } from './pip-files.js';
import { maxLineLength, readLogicalLines } from './read-logical-lines.js';
import { describeLocation, type SourceLine } from './source-line.js';
import { unresolvedError } from './unresolved-error.js';
import { expandVariables, sourcePlaceholder, type Variables } from './variables.js';

/** Limit of requirements, above any lock file of a real project. */
const maxRequirements = 20_000;
/** Limit of files, including the included ones. */
const maxFiles = 1000;

/** Requirement files, relative to the repository, and requirement lines of another manifest. */
export interface PipSource {
  files: string[];
  /** Manifest with the lines. */
  from: string;
  lines: string[];
}

/**
 * Reads requirement files and the files that they include, as pip does. Reads each file once, with a size limit, and only
 * within the repository.
 *
 * @throws DEPENDENCY_UNRESOLVED when a file or line is invalid, with its location.
 */
export async function readPipFiles(root: string, sources: PipSource[], variables: Variables = {}): Promise<PipFiles> {
  const state: ReadState = { root, variables, seen: new Set(), found: emptyPipFiles() };
  const slicer = new TimeSlicer();
  for (const { files, from, lines } of sources) {
    const includedBy = { text: '', file: from, line: null };
    for (const file of files)
      await readFile(state, { file: normalize(file), kind: 'requirement', ...(file !== from && { includedBy }) });
    for (const text of lines) {
      await readLine(state, { text: text.trim(), file: from, line: null }, 'requirement');
      await slicer.yieldIfDue();
    }
  }
  return keepLastIndex(state.found);
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
  /** Line that includes the file. */
  includedBy?: SourceLine;
}

async function readFile(state: ReadState, { file, kind, includedBy }: FileToRead): Promise<void> {
  const { root, seen, found } = state;
  if (seen.has(`${kind} ${file}`)) return;
  seen.add(`${kind} ${file}`);
  if (seen.size > maxFiles) throw unresolvedError(`${file}: more than ${maxFiles} requirement files are included`);
  const { text, problem } = await readSourceText(root, file);
  if (text === undefined)
    throw unresolvedError(
      includedBy === undefined ? `${file} ${problem}` : `${describeLocation(includedBy)}: ${file} ${problem}`,
    );
  found.texts.push(file, text);
  const turns = new TimeSlicer();
  for await (const line of readLogicalLines(file, text)) {
    await readLine(state, line, kind);
    await turns.yieldIfDue();
  }
}

async function readLine(state: ReadState, line: SourceLine, kind: Kind): Promise<void> {
  const { found, variables } = state;
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
      await include(state, {
        includedBy: line,
        kind: kind === 'constraint' ? kind : name,
        path: expandVariables(value, variables),
      });
    else if (name === 'find-links')
      found.options.push({ ...line, text: `--find-links ${await resolveLinks(state, line, value)}` });
    else addOption(found, line, name, value);
  }
}

interface Inclusion {
  includedBy: SourceLine;
  kind: Kind;
  path: string;
}

/** Reads an included file. Leaves a URL to uv. */
async function include(state: ReadState, { includedBy, kind, path }: Inclusion): Promise<void> {
  if (/^https?:\/\//.test(path)) {
    const line = { ...includedBy, text: `--${kind} ${path}` };
    (kind === 'requirement' ? state.found.options : state.found.constraints).push(line);
    return;
  }
  const local = path.replace(/^file:(\/\/)?(?=\.)/, '');
  const base = includedBy.line === null ? '.' : dirname(includedBy.file);
  const file = local.startsWith('/') ? local : normalize(join(base, local));
  await readFile(state, { file, kind, includedBy });
}

/** Removes `-e` before a URL: uv accepts it for directories only, and here it makes no difference. */
function rewriteEditable(requirement: string): string {
  if (!/^(\w+\+)?\w[\w.+-]*:\/\//.test(requirement)) return `-e ${requirement}`;
  const [, address = requirement, fragment = ''] = /^([^#]*)#(.*)$/.exec(requirement) ?? [];
  const parts = fragment.split('&').filter((part) => part !== '');
  const name = parts.find((part) => part.startsWith('egg='))?.slice('egg='.length);
  const otherParts = parts.filter((part) => !part.startsWith('egg='));
  const url = otherParts.length === 0 ? address : `${address}#${otherParts.join('&')}`;
  return name === undefined ? url : `${name} @ ${url}`;
}

/** Resolves a directory relative to its file, then to the repository's root, as pip does. uv runs at the root. */
async function resolveLinks(state: ReadState, { file, line }: SourceLine, value: string): Promise<string> {
  const { root, variables } = state;
  const expanded = expandVariables(value, variables);
  if (/^\w+:\/\//.test(expanded) || expanded.startsWith('/')) return value;
  const relativePath = normalize(join(line === null ? '.' : dirname(file), value));
  const exists = await access(join(root, expandVariables(relativePath, variables))).then(
    () => true,
    () => false,
  );
  return `${sourcePlaceholder}/${exists ? relativePath : normalize(value)}`;
}

/** Keeps only the last index, which pip uses, because uv accepts only one. */
function keepLastIndex(found: PipFiles): PipFiles {
  const isIndex = ({ text }: SourceLine): boolean => text.startsWith('--index-url ');
  const last = found.options.findLastIndex(isIndex);
  return { ...found, options: found.options.filter((line, index) => !isIndex(line) || index === last) };
}
