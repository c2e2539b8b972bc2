import type { EntryPoint, Facts } from '../contract/facts.js';
import type { Candidate } from '../contract/setting.js';
import type { StrategyEntry } from '../registry/index.js';
import { listScores } from './choose-by-rules.js';
import { matchesPattern } from './score.js';

export interface Explanation {
  path: string;
  facts: Facts;
  entries: StrategyEntry[];
  candidates: Candidate[];
  /** Null when nothing was decided. */
  chosen: string | null;
  reasoning: string;
}

/** Items of a list that a person reads before losing interest. */
const shown = 8;

export function explainSelection(explanation: Explanation): string {
  const { path, facts, candidates, chosen, reasoning } = explanation;
  const outcome = chosen === null ? `auto decides nothing: ${reasoning}` : `auto chooses ${chosen}. ${reasoning}`;
  return [
    [path, ...describeFacts(facts).map((line) => `  ${line}`)].join('\n'),
    listScores(candidates),
    outcome,
    ['What would change this:', ...describeAlternatives(explanation).map((line) => `  ${line}`)].join('\n'),
  ].join('\n\n');
}

function describeFacts(facts: Facts): string[] {
  const { size, languages, manifests, frameworks, models, gpu, syntaxErrors, python, entryPoints } = facts;
  const counts = Object.entries(languages).map(([language, files]) => `${files} ${language}`);
  const rows: [string, string[]][] = [
    ['files', [`${size.files} (${formatBytes(size.bytes)})`, ...counts]],
    ['manifests', manifests.map(({ file }) => file)],
    ['python', python === null ? [] : [`${python.specifier} (${python.from})`]],
    ['frameworks', frameworks.map(({ name, evidence }) => `${name} (${evidence})`)],
    ['callables', entryPoints.filter(({ kind }) => kind !== 'object').map(describeEntry)],
    ['models', models],
    ['GPU', gpu],
    ['syntax errors', syntaxErrors.map(({ file, line, message }) => `${file}:${line}: ${message}`)],
  ];
  return rows.filter(([, items]) => items.length > 0).map(([label, items]) => `${label}: ${shorten(items)}`);
}

const describeEntry = ({ module, callable, parameters, kind }: EntryPoint): string =>
  `${module}:${callable}${kind === 'class' ? '' : `(${parameters.map(({ name }) => name).join(', ')})`}`;

const shorten = (items: string[]): string =>
  items.length > shown ? `${items.slice(0, shown).join(', ')} and ${items.length - shown} more` : items.join(', ');

const formatBytes = (bytes: number): string =>
  bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** For each strategy that was not chosen: what it lacks, and which facts would speak for it. */
function describeAlternatives({ path, facts, entries, candidates, chosen }: Explanation): string[] {
  const best = candidates.find(({ strategy }) => strategy === chosen)?.score ?? 0;
  const others = entries.filter(({ name }) => name !== chosen);
  const lines = others.map((entry) => {
    const score = candidates.find(({ strategy }) => strategy === entry.name)?.score ?? 0;
    if (entry.problem !== null) return `${entry.name}: cannot be used, ${entry.problem}`;
    const absent = listAbsentSignals(entry, facts);
    return `${entry.name}: needs more than ${best} (has ${score}); for it would speak ${shorten(absent) || 'nothing else'}`;
  });
  const usable = entries.filter(({ state }) => state === 'ready').map(({ name }) => name);
  return [...lines, `or say it yourself: berth deploy ${path} --strategy ${usable.join('|') || 'NAME'}`];
}

const listAbsentSignals = ({ config }: StrategyEntry, facts: Facts): string[] =>
  (config?.signals ?? [])
    .filter(({ weight, fact }) => weight > 0 && !facts.tags.some((tag) => matchesPattern(fact, tag)))
    .map(({ fact, weight }) => `${fact} (+${weight})`);
