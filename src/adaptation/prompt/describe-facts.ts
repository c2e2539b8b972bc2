import type { EntryPoint, Facts, Parameter } from '../../contract/facts.js';
import { shorten } from '../shorten.js';
import { cutLines, oneLine } from './fence.js';

/** Callables and calls listed at most, the ones nearest to the top of the repository first. */
const most = 40;

/** What was read in a repository, line by line, in at most `room` characters. */
export function describeFacts(facts: Facts, room: number): string {
  const { size, languages, manifests, dependencies, python, frameworks, models, gpu, syntaxErrors } = facts;
  const lines = [
    `size: ${size.files} files, ${size.bytes} bytes`,
    list(
      'languages',
      Object.entries(languages).map(([name, files]) => `${name} (${files} files)`),
    ),
    list(
      'manifests',
      manifests.map(({ file }) => file),
    ),
    list('python', python === null ? [] : [`${python.specifier} (${python.from})`]),
    list(
      'dependencies',
      dependencies.map(({ name, specifier, from }) => `${name}${specifier} (${from})`),
    ),
    list(
      'frameworks',
      frameworks.map(({ name, evidence }) => `${name}: ${evidence}`),
    ),
    list('exposed ports', facts.exposes.map(String)),
    list('models', models),
    list('gpu', gpu),
    list(
      'syntax errors',
      syntaxErrors.map(({ file, line, message }) => `${file}:${line} ${message}`),
    ),
    list('not read', facts.notes),
    ...callables(facts.entryPoints),
    ...documentedCalls(facts.documentedCalls),
  ];
  return cutLines(
    lines.filter((line) => line !== ''),
    room,
  );
}

const list = (name: string, values: readonly string[]): string =>
  values.length === 0 ? '' : oneLine(`${name}: ${values.map((value) => oneLine(value, 100)).join(', ')}`, 900);

function callables(entryPoints: readonly EntryPoint[]): string[] {
  const nearest = entryPoints.toSorted((left, right) => depth(left.file) - depth(right.file)).slice(0, most);
  const lines = nearest.map(
    (entry) => `  ${oneLine(`${entry.file}:${entry.line} ${signature(entry)}`)}${about(entry)}`,
  );
  if (lines.length === 0) return ['callables: none found'];
  const left = entryPoints.length - lines.length;
  return ['callables:', ...lines, ...(left > 0 ? [`  … and ${left} more`] : [])];
}

const depth = (file: string): number => file.split('/').length;

const signature = ({ kind, callable, parameters, methods }: EntryPoint): string =>
  `${kind} ${callable}(${parameters.map(parameter).join(', ')})${methods.length > 0 ? ` methods: ${methods.join(', ')}` : ''}`;

function parameter({ name, kind, annotation, default: value }: Parameter): string {
  const stars = { variadic: '*', keywords: '**', positional: '', keyword: '' }[kind];
  return `${stars}${name}${annotation === null ? '' : `: ${annotation}`}${value === null ? '' : ` = ${value}`}`;
}

const about = ({ docstring }: EntryPoint): string =>
  docstring === null ? '' : ` — ${oneLine(docstring.trim().split('\n')[0] ?? '', 120)}`;

function documentedCalls(calls: Facts['documentedCalls']): string[] {
  const lines = calls.slice(0, most / 2).map(({ file, line, callable, positional, input, output, origin }) => {
    const given = [...positional.map((value) => shorten(value, 100)), ...(input === null ? [] : [shorten(input, 100)])];
    const answer = output === undefined ? '' : ` → ${shorten(output, 100)}`;
    return `  ${oneLine(`${file}:${line} (${origin}) ${callable}(${given.join(', ')})${answer}`, 300)}`;
  });
  return lines.length === 0 ? [] : ['calls that it documents:', ...lines];
}
