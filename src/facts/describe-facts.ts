import type { EntryPoint, Facts } from '../contract/facts.js';

/** Maximum number of list items shown. */
const maxShown = 8;

/** Describes the facts that matter for selection, one line each. Empty facts are omitted. */
export function describeFacts(facts: Facts): string[] {
  const { size, languages, manifests, frameworks, models, gpu, syntaxErrors, python, entryPoints, exposes, notes } =
    facts;
  const counts = Object.entries(languages).map(([language, files]) => `${files} ${language}`);
  const rows: [string, string[]][] = [
    ['files', [`${size.files} (${formatBytes(size.bytes)})`, ...counts]],
    ['manifests', manifests.map(({ file }) => file)],
    ['python', python === null ? [] : [`${python.specifier} (${python.from})`]],
    ['exposed ports', exposes.map(String)],
    ['frameworks', frameworks.map(({ name, evidence }) => `${name} (${evidence})`)],
    ['callables', entryPoints.filter(({ kind }) => kind !== 'object').map(describeEntry)],
    ['models', models],
    ['GPU', gpu],
    ['syntax errors', syntaxErrors.map(({ file, line, message }) => `${file}:${line}: ${message}`)],
    ['not read', notes],
  ];
  return rows.filter(([, items]) => items.length > 0).map(([label, items]) => `${label}: ${shortenList(items)}`);
}

const describeEntry = ({ module, callable, parameters, kind }: EntryPoint): string =>
  `${module}:${callable}${kind === 'class' ? '' : `(${parameters.map(({ name }) => name).join(', ')})`}`;

export const shortenList = (items: string[]): string =>
  items.length > maxShown
    ? `${items.slice(0, maxShown).join(', ')} and ${items.length - maxShown} more`
    : items.join(', ');

const formatBytes = (bytes: number): string =>
  bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
