import { summarizeContract } from '../adaptation/summarize-contract.js';
import type { CurrentChange, RequestedChange } from '../contract/change.js';
import type { DeploymentInfo } from '../contract/status.js';
import { writeJson } from '../json/write-json.js';
import { listFailures, listNextCommands } from '../workflows/status/next-commands.js';
import type { Colors } from './colors.js';
import { paintState } from './paint-state.js';
import { formatElapsed } from './progress.js';
import { renderFailure } from './report-failure.js';
import { type Cell, renderTable } from './table.js';

/** Everything that a person wants to know of a deployment, on one page. */
export function renderDeployment(info: DeploymentInfo, colors: Colors): string {
  const facts: [string, string | null][] = [
    ['source', info.source.path],
    ['strategy', info.strategy],
    ['runs on', info.provider],
    ['chosen by', info.selection && `${info.selection.decidedBy}: ${info.selection.reasoning}`],
    ['resources', renderPairs(info.resources)],
    ['revision', info.revision],
    ['others', renderOtherRevisions(info)],
    [
      'change',
      info.change && `${describeChangeTarget(info.change)} is ${info.change.state}: ${describeRequest(info.change)}`,
    ],
    ['next', info.next && `a ${info.next.kind}: ${describeRequest(info.next)}`],
    ['last', renderLastChange(info)],
    ['on trial', renderBake(info)],
    ['left over', renderOrphans(info)],
    ['endpoint', info.endpoint],
    ['adapted by', info.adaptation && `${info.adaptation.by}: ${info.adaptation.summary}`],
    ['changed', info.adaptedFiles.join(', ') || null],
    ['contract', info.contract && summarizeContract(info.contract)],
    ['restarts', info.restarts === 0 ? null : String(info.restarts)],
    ['web', info.webUrl],
  ];
  const rows = facts.flatMap(([label, text]): Cell[][] =>
    text === null ? [] : [[{ text: `  ${label}`, paint: colors.dim }, { text }]],
  );
  const page = [`${colors.bold(info.name)} is ${paintState(info.state, colors)(info.state)}`, renderTable(rows)];
  if (info.checks.length > 0) page.push('', renderChecks(info, colors));
  if (info.notes.length > 0) page.push('', ...info.notes.map((note) => `  ${colors.yellow('note')}  ${note}`));
  for (const failure of listFailures(info)) page.push('', renderFailure(failure, colors));
  const commands = listNextCommands(info).map(({ purpose, command }) => [
    { text: `  ${purpose}`, paint: colors.dim },
    { text: command },
  ]);
  if (commands.length > 0) page.push('', renderTable(commands));
  return page.join('\n');
}

const describeChangeTarget = ({ kind, revision }: CurrentChange): string =>
  revision === null ? kind : `${kind} ${kind === 'deploy' ? 'of' : 'to'} ${revision}`;

const describeRequest = ({ id, by, requestedAt, reason }: RequestedChange): string =>
  `${id}, asked for by ${by}, ${requestedAt.replace('T', ' ').slice(0, 19)}${reason === null ? '' : `: ${reason}`}`;

/** How the last one went; of a first deployment all else on the page tells. */
function renderLastChange({ changes }: DeploymentInfo): string | null {
  const last = changes.at(-1);
  if (last === undefined || last.kind === 'deploy') return null;
  return `a ${last.kind}, ${last.outcome}: ${last.note} (${describeRequest(last)})`;
}

function renderOtherRevisions({ revision, revisions }: DeploymentInfo): string | null {
  const others = revisions.filter(({ id }) => id !== revision).map(({ id, state }) => `${id} (${state})`);
  return others.join(', ') || null;
}

function renderBake({ bake }: DeploymentInfo): string | null {
  if (bake === null) return null;
  return `until ${bake.until.replace('T', ' ').slice(0, 19)}; ${bake.previous} takes over again if ${bake.revision} does badly`;
}

function renderOrphans({ leftOvers = [] }: DeploymentInfo): string | null {
  return leftOvers.map(({ revision, message }) => `of ${revision}, tried again: ${message}`).join('; ') || null;
}

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

/** What a successful deployment says: where it runs, and the line that calls it. */
export function renderRunning({ name, strategy, revision }: DeploymentInfo, exampleInput: unknown): string {
  const place = [strategy, revision].filter((part) => part !== null).join(', ');
  return `${name} is running (${place})\n  ${renderCall(name, exampleInput)}`;
}

/** A command line to type: the real example where there is one that fits on it. */
export function renderCall(name: string, exampleInput: unknown): string {
  const json = exampleInput === undefined ? undefined : writeJson(exampleInput);
  if (json === undefined || json.length > 100) return `berth run ${name} '{…}'`;
  return `berth run ${name} '${json.replaceAll("'", `'\\''`)}'`;
}
