import type { EntryPoint, Facts, Parameter } from '../../contract/facts.js';
import { shorten } from '../shorten.js';
import { toOneLine, truncateLines } from './format-text.js';

/** Maximum callables listed; those nearest to the root of the repository come first. */
const maxListed = 40;

/** Describes the facts of a repository in lines, in at most `limit` characters. */
export function describeFacts(facts: Facts, limit: number): string {
  const { size, languages, manifests, dependencies, python, frameworks, models, gpu, syntaxErrors } = facts;
  const lines = [
    `size: ${size.files} files, ${size.bytes} bytes`,
    formatList(
      'languages',
      Object.entries(languages).map(([name, files]) => `${name} (${files} files)`),
    ),
    formatList(
      'manifests',
      manifests.map(({ file }) => file),
    ),
    formatList('python', python === null ? [] : [`${python.specifier} (${python.from})`]),
    formatList(
      'dependencies',
      dependencies.map(({ name, specifier, from }) => `${name}${specifier} (${from})`),
    ),
    formatList(
      'frameworks',
      frameworks.map(({ name, evidence }) => `${name}: ${evidence}`),
    ),
    formatList('exposed ports', facts.exposes.map(String)),
    formatList('models', models),
    formatList('gpu', gpu),
    formatList(
      'syntax errors',
      syntaxErrors.map(({ file, line, message }) => `${file}:${line} ${message}`),
    ),
    formatList('not read', facts.notes),
    ...describeCallables(facts.entryPoints),
    ...describeDocumentedCalls(facts.documentedCalls),
  ];
  return truncateLines(
    lines.filter((line) => line !== ''),
    limit,
  );
}

const formatList = (name: string, values: readonly string[]): string =>
  values.length === 0 ? '' : toOneLine(`${name}: ${values.map((value) => toOneLine(value, 100)).join(', ')}`, 900);

function describeCallables(entryPoints: readonly EntryPoint[]): string[] {
  const nearest = entryPoints.toSorted((left, right) => getDepth(left.file) - getDepth(right.file)).slice(0, maxListed);
  const lines = nearest.map(
    (entry) => `  ${toOneLine(`${entry.file}:${entry.line} ${formatSignature(entry)}`)}${formatDocstring(entry)}`,
  );
  if (lines.length === 0) return ['callables: none found'];
  const left = entryPoints.length - lines.length;
  return ['callables:', ...lines, ...(left > 0 ? [`  … and ${left} more`] : [])];
}

const getDepth = (file: string): number => file.split('/').length;

const formatSignature = ({ kind, callable, parameters, methods }: EntryPoint): string =>
  `${kind} ${callable}(${parameters.map(formatParameter).join(', ')})${methods.length > 0 ? ` methods: ${methods.join(', ')}` : ''}`;

function formatParameter({ name, kind, annotation, default: value }: Parameter): string {
  const stars = { variadic: '*', keywords: '**', positional: '', keyword: '' }[kind];
  return `${stars}${name}${annotation === null ? '' : `: ${annotation}`}${value === null ? '' : ` = ${value}`}`;
}

const formatDocstring = ({ docstring }: EntryPoint): string =>
  docstring === null ? '' : ` — ${toOneLine(docstring.trim().split('\n')[0] ?? '', 120)}`;

function describeDocumentedCalls(calls: Facts['documentedCalls']): string[] {
  const lines = calls.slice(0, maxListed / 2).map(({ file, line, callable, positional, input, output, origin }) => {
    const given = [...positional.map((value) => shorten(value, 100)), ...(input === null ? [] : [shorten(input, 100)])];
    const answer = output === undefined ? '' : ` → ${shorten(output, 100)}`;
    return `  ${toOneLine(`${file}:${line} (${origin}) ${callable}(${given.join(', ')})${answer}`, 300)}`;
  });
  return lines.length === 0 ? [] : ['documented calls:', ...lines];
}
