import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { packageRoot } from '../src/home/package-root.js';
import { readDocument } from './support/documents.js';

// Documents name files, rooms, and functions. These tests fail when one of them no longer exists.

/** Written by `npm run docs`. */
const generatedReference = join('docs', 'api');
const topLevel = readdirSync(packageRoot).filter((name) => !['dist', 'node_modules'].includes(name));
const documents = [...topLevel, ...listTree('docs'), ...listTree('examples')].filter((path) => path.endsWith('.md'));
const architecture = readDocument('docs/architecture.md');

test('every path that a document names exists', () => {
  const missing = documents.flatMap((document) =>
    listCodeSpans(readDocument(document))
      .filter((span) => isPathInTree(span) && !matchesTree(span))
      .map((path) => `${document} names ${path}`),
  );
  expect(missing).toEqual([]);
});

test('every link of a document leads to a file', () => {
  const broken = documents.flatMap((document) =>
    listLinks(readDocument(document))
      .filter((target) => !existsSync(join(packageRoot, dirname(document), target)))
      .map((target) => `${document} links to ${target}`),
  );
  expect(broken).toEqual([]);
});

test('every function that docs/architecture.md names is in the code', () => {
  const names = listCodeSpans(architecture).filter((span) => /^[a-z]+([A-Z][a-z]+)+$/.test(span));
  const code = listSourceFiles().map((file) => readFileSync(join(packageRoot, file), 'utf8'));
  expect(names.length).toBeGreaterThan(8);
  expect(names.filter((name) => !code.some((text) => new RegExp(`\\b${name}\\b`).test(text)))).toEqual([]);
});

test('the floors of docs/architecture.md hold every room once', () => {
  const rooms = new Set(listSourceFiles().map(findRoom));
  expect([...readFloors().keys()].sort()).toEqual([...rooms].sort());
});

test('no file imports from a floor above its own', () => {
  const floors = readFloors();
  const getFloor = (file: string) => floors.get(findRoom(file)) ?? Number.NaN;
  const upward = listSourceFiles().flatMap((file) =>
    listImports(file)
      .filter((imported) => !(getFloor(imported) <= getFloor(file)))
      .map((imported) => `${file} imports ${imported}`),
  );
  expect(upward).toEqual([]);
});

test('the glossary has at most 40 words, in order', () => {
  const [, glossary = ''] = architecture.split('## Glossary');
  const words = readRows(glossary).map(([word = '']) => word);
  expect(words.length).toBeGreaterThan(20);
  expect(words.length).toBeLessThanOrEqual(40);
  expect(words).toEqual([...words].sort());
});

/** Room → floor, from the table of floors. */
function readFloors(): Map<string, number> {
  const [, section = ''] = architecture.split('## Floors');
  const [table = ''] = section.split('\n## ');
  return new Map(
    readRows(table).flatMap(([floor = '', rooms = '']) =>
      listCodeSpans(rooms).map((room): [string, number] => [room, Number(floor)]),
    ),
  );
}

/** Reads the cells of a Markdown table, without its head. */
const readRows = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

const listCodeSpans = (text: string): string[] =>
  [...removeCodeBlocks(text).matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);

/** Lists the targets of links into the tree. */
const listLinks = (text: string): string[] =>
  [
    ...removeCodeBlocks(text)
      .replaceAll(/`[^`\n]+`/g, '`')
      .matchAll(/\]\((?!https?:|#)([^)#\s]+)/g),
  ].map(([, target = '']) => target);

const removeCodeBlocks = (text: string): string => text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');

/** Recognizes a path by its first name, and so excludes paths in `$BERTH_HOME` and in a user's repository. */
const isPathInTree = (span: string): boolean =>
  /^[\w@.<>*/-]+$/.test(span) &&
  span.includes('/') &&
  span !== generatedReference &&
  topLevel.includes(span.split('/')[0] ?? '');

/** Finds the path in the tree; `<name>` and `*` match any single name. */
function matchesTree(path: string): boolean {
  const names = path.replace(/\/$/, '').split('/');
  const exists = (directory: string, [name, ...rest]: string[]): boolean => {
    if (name === undefined) return existsSync(directory);
    if (!/[<*]/.test(name)) return exists(join(directory, name), rest);
    const pattern = new RegExp(`^${name.replaceAll('.', '\\.').replaceAll(/<[^>]*>|\*/g, '.+')}$`);
    return (
      existsSync(directory) &&
      readdirSync(directory).some((one) => pattern.test(one) && exists(join(directory, one), rest))
    );
  };
  return exists(packageRoot, names);
}

function listTree(directory: string): string[] {
  return readdirSync(join(packageRoot, directory), { recursive: true, encoding: 'utf8' })
    .map((path) => join(directory, path))
    .filter((path) => !path.includes('node_modules') && !path.startsWith(generatedReference));
}

const listSourceFiles = (): string[] =>
  ['client.ts', 'worker.ts', ...listTree('src'), ...listTree('strategies')].filter((path) => path.endsWith('.ts'));

const findRoom = (file: string): string => {
  const [top = '', name = ''] = file.split('/');
  if (top === 'strategies') return 'strategies/*';
  return name === '' ? top : `${top}/${name}`;
};

function listImports(file: string): string[] {
  const text = readFileSync(join(packageRoot, file), 'utf8');
  return [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, path = '']) =>
    relative(packageRoot, resolve(packageRoot, dirname(file), path)).replace(/\.js$/, '.ts'),
  );
}
