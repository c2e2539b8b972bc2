import { summarizeContract } from '../adaptation/summarize-contract.js';
import type { DeploymentInfo, StepRecord } from '../contract/status.js';
import { listFailures } from '../workflows/status/next-commands.js';
import type { Colors } from './colors.js';
import {
  type ChangeEntry,
  getDuration,
  type HistoryEntry,
  isChangeEntry,
  listHistoryEntries,
} from './history-entries.js';
import { formatElapsed } from './progress.js';
import type { PastRound } from './read-rounds.js';
import { renderFailure } from './report-failure.js';
import { type Cell, renderTable } from './table.js';
import { formatDollars } from './watch-deployment.js';

/** What was asked, decided and done, in order; then what agents did, and what failed. */
export function renderHistory(info: DeploymentInfo, rounds: PastRound[], colors: Colors): string {
  const { name, source, state, notes, adaptation, contract } = info;
  const page = [`${colors.bold(name)}, from ${source.path}, is ${state}`, ...renderEntries(info, colors)];
  if (rounds.length > 0) {
    const cost = adaptation === null ? '' : `, ${formatDollars(adaptation.cost)} all in all`;
    page.push('', colors.bold(`Rounds of coding agents${cost}`), renderRounds(rounds, colors));
  }
  if (contract?.probe !== undefined) page.push('', `  contract: ${summarizeContract(contract)}`);
  if (notes.length > 0) page.push('', ...notes.map((note) => `  ${colors.yellow('note')}  ${note}`));
  for (const failure of listFailures(info)) page.push('', renderFailure(failure, colors));
  return page.join('\n');
}

/** Each change with its steps below it, all in the same columns; what belongs to none stands between them. */
function renderEntries(info: DeploymentInfo, colors: Colors): string[] {
  const chapters = listHistoryEntries(info);
  const hasCosts = info.steps.some(({ dollars }) => dollars !== undefined);
  const reasons = collectReasons(chapters);
  const blocks = chapters.map((chapter) =>
    listSteps(chapter).flatMap((step) => renderStep(step, reasons.get(step), { colors, hasCosts })),
  );
  const lines = renderTable(blocks.flat()).split('\n');
  return chapters.flatMap((chapter, index) => {
    const own = lines.splice(0, blocks[index]?.length ?? 0);
    const before = chapters[index - 1];
    if (isChangeEntry(chapter)) return ['', ...renderChange(chapter, colors), ...own];
    return before === undefined || isChangeEntry(before) ? ['', ...own] : own;
  });
}

const listSteps = (chapter: HistoryEntry): StepRecord[] => (isChangeEntry(chapter) ? chapter.steps : [chapter]);

/** Why each step decided as it did. What was the reason the last time, too, is not told twice. */
function collectReasons(chapters: HistoryEntry[]): Map<StepRecord, string> {
  const reasons = new Map<StepRecord, string>();
  let last: string | undefined;
  for (const step of chapters.flatMap(listSteps)) {
    if (step.why === undefined) continue;
    reasons.set(step, step.why === last ? 'for the same reasons' : joinLines(step.why));
    last = step.why;
  }
  return reasons;
}

/** What was asked for, by whom and when, and what came of it. */
function renderChange(change: ChangeEntry, colors: Colors): string[] {
  const { id, kind, revision, by, reason, requestedAt, outcome, note, begunAt, finishedAt, steps } = change;
  const what = revision === null ? kind : `${kind} ${kind === 'deploy' ? 'of' : 'to'} ${revision}`;
  const result = outcome === 'live' || note === '' ? '' : `: ${joinLines(note)}`;
  const elapsed =
    begunAt === null || finishedAt === null ? '' : formatElapsed(Date.parse(finishedAt) - Date.parse(begunAt));
  const dollars = steps.reduce((sum, step) => sum + (step.dollars ?? 0), 0);
  const requestFacts = [
    `asked for by ${by}`,
    formatTime(requestedAt),
    elapsed,
    dollars > 0 ? formatDollars(dollars) : '',
  ];
  return [
    `${colors.bold(`${id}  ${what}`)} is ${paintOutcome(outcome, colors)(outcome)}${result}`,
    `  ${colors.dim(requestFacts.filter((part) => part !== '').join(', '))}`,
    ...(reason === null ? [] : [`  because ${joinLines(reason)}`]),
  ];
}

function paintOutcome(outcome: ChangeEntry['outcome'], colors: Colors): (text: string) => string {
  if (outcome === 'live') return colors.green;
  if (outcome === 'failed' || outcome === 'waiting') return colors.red;
  return ['unchanged', 'abandoned', 'cancelled', 'superseded'].includes(outcome) ? colors.dim : colors.yellow;
}

interface StepRenderOptions {
  colors: Colors;
  hasCosts: boolean;
}

function renderStep(step: StepRecord, why: string | undefined, { colors, hasCosts }: StepRenderOptions): Cell[][] {
  const duration = getDuration(step);
  const costs = hasCosts ? [{ text: step.dollars === undefined ? '' : formatDollars(step.dollars) }] : [];
  const row: Cell[] = [
    { text: `    ${formatTime(step.startedAt)}`, paint: colors.dim },
    { text: describeDuration(duration).padStart(10) },
    ...costs,
    { text: step.step, paint: step.note.startsWith('failed: ') ? colors.red : String },
    { text: joinLines(step.note) },
  ];
  if (why === undefined) return [row];
  const blank = row.slice(1).map(() => ({ text: '' }));
  return [row, [...blank, { text: why, paint: colors.dim }]];
}

/** What happened at one moment took no time. */
function describeDuration(milliseconds: number | null): string {
  if (milliseconds === null) return 'on its way';
  return milliseconds === 0 ? '' : formatElapsed(milliseconds);
}

const formatTime = (iso: string): string => iso.replace('T', ' ').slice(0, 19);

const joinLines = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ');

const renderRounds = (rounds: PastRound[], colors: Colors): string =>
  renderTable(
    rounds.map(({ number, agent, outcome, dollars, tokens, turns, summary }): Cell[] => [
      { text: `  ${number}`, paint: colors.dim },
      { text: agent ?? '-' },
      { text: outcome, paint: outcome === 'failed' ? colors.red : String },
      { text: formatDollars(dollars) },
      { text: `${tokens} tokens` },
      { text: `${turns} ${turns === 1 ? 'turn' : 'turns'}` },
      { text: summary?.split('\n')[0] ?? '' },
    ]),
  );
