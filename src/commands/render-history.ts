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
import { formatElapsed, truncateToWidth } from './progress.js';
import type { PastRound } from './read-rounds.js';
import { renderFailure } from './report-failure.js';
import { type Cell, renderTable } from './table.js';
import { formatDollars } from './watch-deployment.js';

/** Renders the changes and steps in order, then the rounds of coding agents, notes and failures. */
export function renderHistory(info: DeploymentInfo, rounds: PastRound[], colors: Colors): string {
  const { name, source, state, notes, adaptation, contract } = info;
  const page = [`${colors.bold(name)}, from ${source.path}, is ${state}`, ...renderEntries(info, colors)];
  if (rounds.length > 0) {
    const cost = adaptation === null ? '' : `, ${formatDollars(adaptation.cost)} in total`;
    page.push('', colors.bold(`Rounds of coding agents${cost}`), renderRounds(rounds, colors));
  }
  if (contract?.probe !== undefined) page.push('', `  contract: ${summarizeContract(contract)}`);
  if (notes.length > 0) page.push('', ...notes.map((note) => `  ${colors.yellow('note')}  ${note}`));
  for (const failure of listFailures(info)) page.push('', renderFailure(failure, colors));
  return page.join('\n');
}

/** Renders each change with its steps below it, aligned in the same columns, and other steps between the changes. */
function renderEntries(info: DeploymentInfo, colors: Colors): string[] {
  const entries = listHistoryEntries(info);
  const hasCosts = info.steps.some(({ dollars }) => dollars !== undefined);
  const reasons = collectReasons(entries);
  const blocks = entries.map((entry) =>
    listSteps(entry).flatMap((step) => renderStep(step, reasons.get(step), { colors, hasCosts })),
  );
  const lines = renderTable(blocks.flat()).split('\n');
  return entries.flatMap((entry, index) => {
    const ownLines = lines.splice(0, blocks[index]?.length ?? 0);
    const previous = entries[index - 1];
    if (isChangeEntry(entry)) return ['', ...renderChange(entry, colors), ...ownLines];
    return previous === undefined || isChangeEntry(previous) ? ['', ...ownLines] : ownLines;
  });
}

const listSteps = (entry: HistoryEntry): StepRecord[] => (isChangeEntry(entry) ? entry.steps : [entry]);

/** Maximum characters of a reason; `--json` and `berth explain` show all of it. */
const maxReasonWidth = 120;

/** Collects the reason of each decision; a repeated reason is abbreviated. */
function collectReasons(entries: HistoryEntry[]): Map<StepRecord, string> {
  const reasons = new Map<StepRecord, string>();
  let lastReason: string | undefined;
  for (const step of entries.flatMap(listSteps)) {
    if (step.why === undefined) continue;
    reasons.set(step, step.why === lastReason ? 'same reasons as before' : truncateToWidth(step.why, maxReasonWidth));
    lastReason = step.why;
  }
  return reasons;
}

/** Renders a change with its outcome, requester, time, duration and cost. */
function renderChange(change: ChangeEntry, colors: Colors): string[] {
  const { id, kind, revision, by, reason, requestedAt, outcome, note, begunAt, finishedAt, steps } = change;
  const what = revision === null ? kind : `${kind} ${kind === 'deploy' ? 'of' : 'to'} ${revision}`;
  const result = outcome === 'live' || note === '' ? '' : `: ${joinLines(note)}`;
  const elapsed =
    begunAt === null || finishedAt === null ? '' : formatElapsed(Date.parse(finishedAt) - Date.parse(begunAt));
  const dollars = steps.reduce((sum, step) => sum + (step.dollars ?? 0), 0);
  const requestFacts = [
    `by ${by}`,
    `${formatTime(requestedAt)} UTC`,
    elapsed,
    dollars > 0 ? formatDollars(dollars) : '',
  ];
  return [
    `${colors.bold(`${id}  ${what}`)} is ${paintOutcome(outcome, colors)(outcome)}${result}`,
    `  ${colors.dim(requestFacts.filter((part) => part !== '').join(', '))}`,
    ...(reason === null ? [] : [`  reason: ${joinLines(reason)}`]),
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

/** Formats the duration of a step; a step without one was an event. */
function describeDuration(milliseconds: number | null): string {
  if (milliseconds === null) return 'running';
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
