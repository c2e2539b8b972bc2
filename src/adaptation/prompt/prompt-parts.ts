import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BerthError } from '../../errors.js';
import { type BerthHome, berthHome } from '../../home/home.js';
import { packageRoot } from '../../home/package-root.js';

const taskSections = [
  'role',
  'goal',
  'strategy',
  'contract',
  'learned',
  'evidence',
  'hint',
  'interrupted',
  'hand-back',
];

/** Files of `prompts/`, and the placeholders that each may use. */
const placeholders = {
  begin: [...taskSections, 'facts', 'repository'],
  continue: taskSections,
  again: [...taskSections, 'problem'],
  role: ['strategy'],
  goal: ['goal', 'entry'],
  strategy: ['instruction'],
  contract: ['meaning', 'examples'],
  facts: ['facts'],
  repository: ['files', 'readme'],
  learned: ['learned'],
  evidence: ['evidence'],
  hint: ['hint'],
  interrupted: [],
  'hand-back': ['type', 'example'],
} as const satisfies Record<string, readonly string[]>;

export type PartName = keyof typeof placeholders;

export interface PromptPart {
  /** Path of the file, for error messages. */
  file: string;
  text: string;
}

export type PromptParts = Record<PartName, PromptPart>;

/** Reads the parts of the prompts: `$BERTH_HOME/prompts/NAME.md` if it exists, else Berth's own. */
export async function readPromptParts(home: BerthHome = berthHome()): Promise<PromptParts> {
  const names = Object.keys(placeholders) as PartName[]; // exactly the keys of a constant
  const parts = await Promise.all(names.map(async (name) => [name, await readPart(home, `${name}.md`)] as const));
  return Object.fromEntries(parts) as PromptParts; // one entry for each name
}

async function readPart(home: BerthHome, name: string): Promise<PromptPart> {
  const userFile = join(home.root, 'prompts', name);
  const text = await readFile(userFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new BerthError('AGENT_CONFIG', `${userFile} cannot be read: ${error.message}`, { file: userFile });
  });
  if (text !== undefined) return { file: userFile, text };
  const file = join(packageRoot, 'prompts', name);
  return { file, text: await readFile(file, 'utf8') };
}

/**
 * Replaces the `{{placeholders}}` of a part once: inserted text is not expanded again. Collapses repeated blank lines.
 *
 * @throws AGENT_CONFIG with file and line for an unknown placeholder
 */
export function fillPart(parts: PromptParts, name: PartName, values: Record<string, string>): string {
  const { file, text } = parts[name];
  const known: readonly string[] = placeholders[name];
  const filled = text.replaceAll(/\{\{\s*([^{}]*?)\s*\}\}/g, (_, placeholder: string, offset: number) => {
    if (known.includes(placeholder)) return values[placeholder] ?? '';
    const line = text.slice(0, offset).split('\n').length;
    const choice = known.length === 0 ? 'it may use none' : `use ${known.map((one) => `{{${one}}}`).join(', ')}`;
    throw new BerthError('AGENT_CONFIG', `${file}:${line}: unknown placeholder {{${placeholder}}}; ${choice}`, {
      file,
    });
  });
  return filled.replaceAll(/\n{3,}/g, '\n\n').trim();
}
