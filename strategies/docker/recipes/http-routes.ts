import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** Paths that a repository's code serves, as far as reading it shows. */
export interface Routes {
  /** Paths that take POST. */
  post: string[];
  /** Paths that code compares a request's path with, or that take any method. */
  named: string[];
  /** Paths that take GET. */
  get: string[];
}

const codeExtensions = new Set([
  '.py',
  '.js',
  '.mjs',
  '.cjs',
  '.ts',
  '.go',
  '.rb',
  '.rs',
  '.java',
  '.kt',
  '.php',
  '.cs',
]);
const excludedPaths = /(^|[\\/])(node_modules|\.git|tests?|docs?|examples?|\.venv|venv|dist|build)[\\/]/;
/** Maximum number of files to read, and bytes of each. */
const [maxFiles, maxFileBytes] = [400, 300_000];

const path = `['"\`](/[\\w./-]*)['"\`]`;
/** Route declarations of FastAPI, Flask, Express, Gin, Sinatra and `net/http`. */
const postPatterns = [
  new RegExp(`\\.(?:post|POST)\\(\\s*${path}`, 'g'),
  new RegExp(`\\.route\\(\\s*${path}[^)]*methods\\s*=\\s*[\\[(][^\\])]*['"]POST`, 'g'),
  new RegExp(`^\\s*post\\s+${path}\\s+do`, 'gm'),
  /HandleFunc\(\s*"POST (\/[\w./-]*)"/g,
];
const namedPatterns = [
  new RegExp(`(?:path|url|pathname|Path)\\s*[!=]={1,2}\\s*${path}`, 'g'),
  new RegExp(`\\b(?:HandleFunc|Handle|all)\\(\\s*${path}`, 'g'),
];
const getPatterns = [new RegExp(`\\.(?:get|GET|route)\\(\\s*${path}`, 'g')];

export async function findRoutes(workspace: string): Promise<Routes> {
  const texts = await readCode(workspace);
  const find = (patterns: RegExp[]) => [
    ...new Set(
      texts.flatMap((text) => patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((m) => m[1] ?? ''))),
    ),
  ];
  const post = find(postPatterns);
  return { post, named: find(namedPatterns), get: find(getPatterns) };
}

async function readCode(workspace: string): Promise<string[]> {
  const names = await readdir(workspace, { recursive: true });
  const code = names
    .filter((name) => codeExtensions.has(extname(name)) && !excludedPaths.test(name))
    .slice(0, maxFiles);
  const texts = await Promise.all(
    code.map(async (name) => {
      const file = join(workspace, name);
      const { size } = await stat(file);
      return size > maxFileBytes ? '' : readFile(file, 'utf8').catch(() => '');
    }),
  );
  return texts;
}
