import { describeContract } from '../adaptation/stated-contract.js';
import type { DeploymentInfo, StepRecord } from '../contract/status.js';
import { failuresOf } from '../workflows/next-commands.js';
import { type Chapter, durationOf, isChange, type ToldChange, tellChapters } from './change-history.js';
import type { Colors } from './colors.js';
import { renderFailure } from './failure.js';
import { formatDuration } from './progress.js';
import type { PastRound } from './round-history.js';
import { type Cell, renderTable } from './table.js';
import { formatDollars } from './watch-deployment.js';

/** What was asked, decided and done, in order; then what agents did, and what failed. */
export function renderHistory(info: DeploymentInfo, rounds: PastRound[], colors: Colors): string {
  const { name, source, state, notes, adaptation, contract } = info;
  const page = [`${colors.bold(name)}, from ${source.path}, is ${state}`, ...renderChapters(info, colors)];
  if (rounds.length > 0) {
    const cost = adaptation === null ? '' : `, ${formatDollars(adaptation.cost)} all in all`;
    page.push('', colors.bold(`Rounds of coding agents${cost}`), renderRounds(rounds, colors));
  }
  if (contract?.probe !== undefined) page.push('', `  contract: ${describeContract(contract)}`);
  if (notes.length > 0) page.push('', ...notes.map((note) => `  ${colors.yellow('note')}  ${note}`));
  for (const failure of failuresOf(info)) page.push('', renderFailure(failure, colors));
  return page.join('\n');
}

/** Each change with its steps below it, all in the same columns; what belongs to none stands between them. */
function renderChapters(info: DeploymentInfo, colors: Colors): string[] {
  const chapters = tellChapters(info);
  const hasCosts = info.steps.some(({ dollars }) => dollars !== undefined);
  const reasons = tellReasons(chapters);
  const blocks = chapters.map((chapter) =>
    stepsOf(chapter).flatMap((step) => renderStep(step, reasons.get(step), { colors, hasCosts })),
  );
  const lines = renderTable(blocks.flat()).split('\n');
  return chapters.flatMap((chapter, index) => {
    const own = lines.splice(0, blocks[index]?.length ?? 0);
    const before = chapters[index - 1];
    if (isChange(chapter)) return ['', ...renderChange(chapter, colors), ...own];
    return before === undefined || isChange(before) ? ['', ...own] : own;
  });
}

const stepsOf = (chapter: Chapter): StepRecord[] => (isChange(chapter) ? chapter.steps : [chapter]);

/** Why each step decided as it did. What was the reason the last time, too, is not told twice. */
function tellReasons(chapters: Chapter[]): Map<StepRecord, string> {
  const reasons = new Map<StepRecord, string>();
  let last: string | undefined;
  for (const step of chapters.flatMap(stepsOf)) {
    if (step.why === undefined) continue;
    reasons.set(step, step.why === last ? 'for the same reasons' : oneLine(step.why));
    last = step.why;
  }
  return reasons;
}

/** What was asked for, by whom and when, and what came of it. */
function renderChange(change: ToldChange, colors: Colors): string[] {
  const { id, kind, revision, by, reason, requestedAt, outcome, note, begunAt, finishedAt, steps } = change;
  const what = revision === null ? kind : `${kind} ${kind === 'deploy' ? 'of' : 'to'} ${revision}`;
  const came = outcome === 'live' || note === '' ? '' : `: ${oneLine(note)}`;
  const took =
    begunAt === null || finishedAt === null ? '' : formatDuration(Date.parse(finishedAt) - Date.parse(begunAt));
  const dollars = steps.reduce((sum, step) => sum + (step.dollars ?? 0), 0);
  const asked = [`asked for by ${by}`, timeOf(requestedAt), took, dollars > 0 ? formatDollars(dollars) : ''];
  return [
    `${colors.bold(`${id}  ${what}`)} is ${paintOutcome(outcome, colors)(outcome)}${came}`,
    `  ${colors.dim(asked.filter((part) => part !== '').join(', '))}`,
    ...(reason === null ? [] : [`  because ${oneLine(reason)}`]),
  ];
}

function paintOutcome(outcome: ToldChange['outcome'], colors: Colors): (text: string) => string {
  if (outcome === 'live') return colors.green;
  if (outcome === 'failed' || outcome === 'waiting') return colors.red;
  return ['unchanged', 'abandoned', 'cancelled', 'superseded'].includes(outcome) ? colors.dim : colors.yellow;
}

interface StepLook {
  colors: Colors;
  hasCosts: boolean;
}

function renderStep(step: StepRecord, why: string | undefined, { colors, hasCosts }: StepLook): Cell[][] {
  const duration = durationOf(step);
  const costs = hasCosts ? [{ text: step.dollars === undefined ? '' : formatDollars(step.dollars) }] : [];
  const row: Cell[] = [
    { text: `    ${timeOf(step.startedAt)}`, paint: colors.dim },
    { text: describeDuration(duration).padStart(10) },
    ...costs,
    { text: step.step, paint: step.note.startsWith('failed: ') ? colors.red : String },
    { text: oneLine(step.note) },
  ];
  if (why === undefined) return [row];
  const blank = row.slice(1).map(() => ({ text: '' }));
  return [row, [...blank, { text: why, paint: colors.dim }]];
}

/** What happened at one moment took no time. */
function describeDuration(milliseconds: number | null): string {
  if (milliseconds === null) return 'on its way';
  return milliseconds === 0 ? '' : formatDuration(milliseconds);
}

const timeOf = (iso: string): string => iso.replace('T', ' ').slice(0, 19);

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ');

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
