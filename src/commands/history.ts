import type { DeploymentInfo, StepRecord } from '../contract/status.js';
import { BerthError } from '../errors.js';
import type { Colors } from './colors.js';
import { defineCommand } from './command.js';
import { deploymentName } from './deployment-name.js';
import { renderFailure } from './failure.js';
import { formatDuration } from './progress.js';
import { type PastRound, readRounds } from './round-history.js';
import { type Cell, renderTable } from './table.js';
import { formatDollars } from './watch-deployment.js';
import { withClient } from './with-client.js';

export const history = defineCommand({
  name: 'history',
  summary: 'tell what was asked, decided and done, and what it cost',
  arguments: { name: deploymentName },
  options: {},
  async run({ arguments: { name }, output }) {
    const info = await withClient(output, (client) => client.info(name)).catch((error) => recall(name, error));
    const rounds = await readRounds(name);
    await output.result(makeHistory(info, rounds), (colors) => renderHistory(info, rounds, colors));
  },
});

/** What the server has forgotten may be on record here. */
async function recall(name: string, error: unknown): Promise<DeploymentInfo> {
  const isForgotten = error instanceof BerthError && error.code === 'NAME_UNKNOWN';
  const [{ berthHome }, { readRecordOf }] = await Promise.all([import('../home.js'), import('../workspaces/index.js')]);
  const info = isForgotten ? await readRecordOf(berthHome(), name) : undefined;
  if (info === undefined) throw error;
  return info;
}

/** As `--json` writes it: the parts of the deployment's info that tell of its past, steps with their milliseconds. */
export function makeHistory(info: DeploymentInfo, rounds: PastRound[]) {
  const { name, state, source, selection, adaptation, contract, revisions, restarts, rungs, notes, lastError } = info;
  const steps = info.steps.map((step) => ({ ...step, milliseconds: durationOf(step) }));
  return {
    ...{ name, state, source, selection, steps, rounds, adaptation, contract, rungs, revisions, restarts },
    ...{ notes, lastError, webUrl: info.webUrl },
  };
}

export function renderHistory(info: DeploymentInfo, rounds: PastRound[], colors: Colors): string {
  const { name, source, state, notes, lastError, adaptation } = info;
  const page = [`${colors.bold(name)}, from ${source.path}, is ${state}`, '', renderSteps(info, colors)];
  if (rounds.length > 0) {
    const cost = adaptation === null ? '' : `, ${formatDollars(adaptation.cost)} all in all`;
    page.push('', colors.bold(`Rounds of coding agents${cost}`), renderRounds(rounds, colors));
  }
  if (notes.length > 0) page.push('', ...notes.map((note) => `  ${colors.yellow('note')}  ${note}`));
  if (lastError !== null) page.push('', renderFailure(lastError, colors));
  return page.join('\n');
}

/** A decision's reasons stand below the step that made it. */
function renderSteps({ steps, selection }: DeploymentInfo, colors: Colors): string {
  const rows = steps.flatMap((step): Cell[][] => {
    const duration = durationOf(step);
    const row: Cell[] = [
      { text: `  ${step.startedAt.replace('T', ' ').slice(0, 19)}`, paint: colors.dim },
      { text: (duration === null ? 'on its way' : formatDuration(duration)).padStart(10) },
      { text: step.step, paint: step.note.startsWith('failed: ') ? colors.red : String },
      { text: step.note.replaceAll(/\s*\n\s*/g, ' ') },
    ];
    if (step.step !== 'selectStrategy' || selection === null) return [row];
    return [row, [{ text: '' }, { text: '' }, { text: '' }, { text: selection.reasoning, paint: colors.dim }]];
  });
  return renderTable(rows);
}

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

/** Null while it runs. */
const durationOf = ({ startedAt, finishedAt }: StepRecord): number | null =>
  finishedAt === null ? null : Date.parse(finishedAt) - Date.parse(startedAt);
