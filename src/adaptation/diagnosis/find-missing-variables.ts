import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readSourceText } from '../../workspaces/read-source-text.js';
import type { MissingFinder } from './failure-context.js';

const maxFileBytes = 100_000;
/** Matches `.env`, `.env.example`, `env.sample`: files that assign variables of the software. */
const environmentFile = /^\.?env(\.[\w.-]+)?$/;
const templates = /example|sample|template|dist|default/i;

/** Finds variables mentioned by the failure that the software was not given. */
export const findMissingVariables: MissingFinder = async (text, { source, variables }) => {
  const files = await readEnvironmentFiles(source);
  const given = new Set(variables);
  const words = [...new Set(text.match(/[A-Za-z_][A-Za-z0-9_]{2,}/g))];
  const names = new Map(words.map((word) => [word.toUpperCase(), word]));
  const known = files.flatMap(({ file, variables: assigned }) =>
    assigned.filter((name) => names.has(name.toUpperCase()) && !given.has(name)).map((name) => ({ name, file })),
  );
  const [first] = known;
  if (first !== undefined) {
    const missing = [...new Set(known.filter(({ file }) => file === first.file).map(({ name }) => name))].slice(0, 5);
    return [describe(missing, first.file, source)];
  }
  const name = /KeyError: '([A-Z][A-Z0-9_]*)'/.exec(text)?.[1];
  if (name === undefined || given.has(name) || !/environ/.test(text)) return [];
  return [`the variable ${name} is not set: set it with --env ${name}=VALUE or --env-file FILE`];
};

function describe(names: string[], file: string, source: string): string {
  const [subject, verb] = [names.join(', '), names.length === 1 ? 'is' : 'are'];
  if (!templates.test(file))
    return `${subject} ${verb} in ${file}, which is never copied: deploy with --env-file ${join(source, file)}`;
  const option = names.length === 1 ? `--env ${names[0]}=VALUE` : '--env NAME=VALUE';
  return `${file} lists ${subject}, which ${verb} not set: use ${option} or --env-file FILE`;
}

/** Reads the files with values first, then the templates. */
async function readEnvironmentFiles(source: string): Promise<{ file: string; variables: string[] }[]> {
  const names = (await readdir(source)).filter((name) => environmentFile.test(name));
  const sorted = names.toSorted((left, right) => Number(templates.test(left)) - Number(templates.test(right)));
  const { parse } = await import('dotenv');
  return await Promise.all(
    sorted.map(async (file) => {
      const { text } = await readSourceText(source, file, maxFileBytes);
      return { file, variables: Object.keys(parse(text ?? '')) };
    }),
  );
}
