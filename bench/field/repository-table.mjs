import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/** The shapes of the listed repositories. */
export const shapes = {
  function: 'Functions and classes with predict, run or __call__',
  library: 'Libraries, called by --entry',
  scientific: 'Scientific code, called by --entry',
  model: 'Trained models that lie in the repository',
  cog: 'Cog predictors',
  bentoml: 'BentoML services',
  langgraph: 'LangGraph graphs',
  server: 'HTTP servers with a Dockerfile',
};

/** A call in the form of an example file; without an output it must only succeed. */
const Call = z.strictObject({
  input: z.unknown(),
  output: z.unknown().optional(),
  match: z.enum(['exact', 'subset', 'schema']).default('exact'),
});

const Entry = z.strictObject({
  slug: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'is OWNER/NAME'),
  commit: z.string().regex(/^[0-9a-f]{40}$/, 'is the 40 hexadecimal digits of a commit'),
  shape: z.enum(Object.keys(shapes)),
  /** Directory of the repository to deploy. */
  folder: z.string().default('.'),
  /** Additional options of `berth deploy FOLDER`. */
  arguments: z.array(z.string()).default([]),
  calls: z.array(Call).min(1),
  /** True if it needs a container engine. */
  engine: z.boolean().default(false),
  /** Known and accepted reason why it cannot be served. */
  loss: z.string().optional(),
});

/** Reads and validates the list of repositories. Throws an error with all problems and their paths. */
export async function readTable(path) {
  const name = relative('', path) || path;
  const content = parseYaml(await readFile(path, 'utf8'), name);
  const { success, data, error } = z.array(Entry).min(1).safeParse(content);
  if (!success) throw new Error(`${name} is not valid:\n${error.issues.map(describeIssue(content)).join('\n')}`);
  const keys = data.map((entry) => JSON.stringify([entry.slug, entry.folder, entry.arguments]));
  const twice = keys.findIndex((key, index) => keys.indexOf(key) < index);
  if (twice >= 0) throw new Error(`${name}: ${data[twice].slug} is listed twice with the same folder and arguments.`);
  return data;
}

function parseYaml(text, name) {
  try {
    return parse(text, { intAsBigInt: false });
  } catch (error) {
    throw new Error(`${name} is not YAML: ${error.message}`);
  }
}

const describeIssue =
  (content) =>
  ({ path: [index, ...path], message }) => {
    const slug = content?.[index]?.slug;
    const place = [index === undefined ? 'the list' : `entry ${index + 1}${slug ? ` (${slug})` : ''}`, ...path];
    return `  ${place.join('.')}: ${message}`;
  };
