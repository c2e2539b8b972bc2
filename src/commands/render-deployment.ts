import { summarizeContract } from '../adaptation/summarize-contract.js';
import type { CurrentChange, RequestedChange } from '../contract/change.js';
import type { DeploymentInfo } from '../contract/status.js';
import { writeJson } from '../json/write-json.js';
import { listFailures, listNextCommands } from '../workflows/status/next-commands.js';
import type { Colors } from './colors.js';
import { paintState } from './paint-state.js';
import { formatElapsed, truncateToWidth } from './progress.js';
import { renderFailure } from './report-failure.js';
import { type Cell, renderTable } from './table.js';

/** Renders the page of `berth status`: the facts, failed checks, notes, failures, and the next commands. */
export function renderDeployment(info: DeploymentInfo, colors: Colors): string {
  const page = [
    `${colors.bold(info.name)} is ${paintState(info.state, colors)(info.state)}`,
    renderFacts(info, colors),
  ];
  if (info.checks.some(({ passed }) => !passed)) page.push('', renderChecks(info, colors));
  if (info.notes.length > 0) page.push('', ...info.notes.map((note) => `  ${colors.yellow('note')}  ${note}`));
  for (const failure of listFailures(info)) page.push('', renderFailure(failure, colors));
  const commands = listNextCommands(info).map(({ purpose, command }) => [
    { text: `  ${purpose}`, paint: colors.dim },
    { text: command },
  ]);
  if (commands.length > 0) page.push('', renderTable(commands));
  return page.join('\n');
}

function renderFacts(info: DeploymentInfo, colors: Colors): string {
  const { change, next, adaptation, contract, restarts } = info;
  const facts: [string, string | null][] = [
    ['source', info.source.path],
    ['strategy', describeStrategy(info)],
    ['provider', info.provider],
    ['resources', renderPairs(info.resources)],
    ['revision', info.revision],
    ['others', renderOtherRevisions(info)],
    ['change', change && `${describeChangeTarget(change)} is ${change.state} (${describeRequest(change)})`],
    ['queued', next && `${next.kind} (${describeRequest(next)})`],
    ['last change', renderLastChange(info)],
    ['bake', renderBake(info)],
    ['orphans', renderOrphans(info)],
    ['endpoint', info.endpoint],
    ['adapted by', adaptation && `${adaptation.by}: ${adaptation.summary}`],
    ['changed', info.adaptedFiles.join(', ') || null],
    ['checks', summarizeChecks(info)],
    ['contract', contract && summarizeContract(contract)],
    ['restarts', restarts === 0 ? null : String(restarts)],
    ['web UI', info.webUrl],
  ];
  return renderTable(
    facts.flatMap(([label, text]): Cell[][] =>
      text === null ? [] : [[{ text: `  ${label}`, paint: colors.dim }, { text }]],
    ),
  );
}

/** Maximum characters of a model's reason; `berth explain` and `berth history` show all of it. */
const maxReasonWidth = 100;

/** Describes the choice of the strategy in one line. */
function describeStrategy({ strategy, selection }: DeploymentInfo): string | null {
  if (strategy === null || selection === null) return strategy;
  if (selection.decidedBy === 'user') return `${strategy} (chosen by you)`;
  if (selection.decidedBy === 'rules') return `${strategy} (chosen by rules)`;
  const [firstSentence = ''] = selection.reasoning.split(/(?<=\.)\s/);
  return `${strategy} (chosen by the model: ${truncateToWidth(firstSentence, maxReasonWidth)})`;
}

const describeChangeTarget = ({ kind, revision }: CurrentChange): string =>
  revision === null ? kind : `${kind} ${kind === 'deploy' ? 'of' : 'to'} ${revision}`;

const describeRequest = ({ id, by, requestedAt, reason }: RequestedChange): string =>
  `${id} by ${by}, ${formatTime(requestedAt)}${reason === null ? '' : `: ${reason}`}`;

const formatTime = (iso: string): string => `${iso.replace('T', ' ').slice(0, 19)} UTC`;

/** Describes the last redeploy or rollback; the rest of the page describes a first deploy. */
function renderLastChange({ changes }: DeploymentInfo): string | null {
  const last = changes.at(-1);
  if (last === undefined || last.kind === 'deploy') return null;
  const outcome = last.outcome === 'live' ? 'live' : `${last.outcome}: ${last.note}`;
  return `${last.kind}, ${outcome} (${describeRequest(last)})`;
}

function renderOtherRevisions({ revision, revisions }: DeploymentInfo): string | null {
  const others = revisions.filter(({ id }) => id !== revision).map(({ id, state }) => `${id} (${state})`);
  return others.join(', ') || null;
}

function renderBake({ bake }: DeploymentInfo): string | null {
  if (bake === null) return null;
  return `until ${formatTime(bake.until)}; rolls back to ${bake.previous} if ${bake.revision} fails`;
}

function renderOrphans({ leftOvers = [] }: DeploymentInfo): string | null {
  return leftOvers.map(({ revision, message }) => `of ${revision}, retrying: ${message}`).join('; ') || null;
}

const summarizeChecks = ({ checks }: DeploymentInfo): string | null =>
  checks.length === 0 ? null : `${checks.filter(({ passed }) => passed).length} of ${checks.length} passed`;

function renderChecks({ checks }: DeploymentInfo, colors: Colors): string {
  return renderTable(
    checks.map(({ name, passed, note, milliseconds }) => [
      { text: passed ? '  ✔' : '  ✘', paint: passed ? colors.green : colors.red },
      { text: name },
      { text: formatElapsed(milliseconds), paint: colors.dim },
      { text: note },
    ]),
  );
}

const renderPairs = (pairs: Record<string, unknown>): string | null =>
  Object.entries(pairs)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ') || null;

/** Renders the result of a successful deployment: its state, and the command that calls it. */
export function renderRunning({ name, strategy, revision }: DeploymentInfo, exampleInput: unknown): string {
  const details = [strategy, revision].filter((part) => part !== null).join(', ');
  return `${name} is running (${details})\n  ${renderCall(name, exampleInput)}`;
}

/** Renders a command that calls the deployment, with the example input if it is at most 100 characters long. */
export function renderCall(name: string, exampleInput: unknown): string {
  const json = exampleInput === undefined ? undefined : writeJson(exampleInput);
  if (json === undefined || json.length > 100) return `berth run ${name} '{…}'`;
  return `berth run ${name} '${json.replaceAll("'", `'\\''`)}'`;
}
