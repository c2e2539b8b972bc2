import { summarizeContract } from '../../adaptation/summarize-contract.js';
import type { CurrentChange, PastChange, RequestedChange } from '../../contract/change.js';
import type { DeploymentInfo, LastError, StepRecord } from '../../contract/status.js';
import { escapeMarkdown, formatCode, formatCodeBlock, formatList, formatTime } from './markdown.js';
import { listFailures, listNextCommands } from './next-commands.js';

/**
 * Renders a deployment as Markdown for the Web UI: its state, the reasons, and the next commands. The Web UI shows it
 * in a small frame, so the most important parts come first and every part is bounded.
 */
export function renderDetails(info: DeploymentInfo, goal?: string): string {
  const parts = [
    `### ${info.name} is ${info.state}`,
    renderLocation(info),
    renderChange(info),
    renderNextChange(info),
    renderBake(info),
    renderOrphans(info),
    renderContract(info),
    ...listFailures(info).map(renderFailure),
    renderNextCommands(info),
    renderRevisions(info),
    renderPastChanges(info),
    renderSteps(info),
    goal === undefined ? '' : `Goal: ${escapeMarkdown(goal, 600)}`,
    renderSelection(info),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function renderLocation({ strategy, provider, revision, host, restarts, source }: DeploymentInfo): string {
  const parts = [
    revision === null ? '' : `revision **${revision}**`,
    strategy === null ? '' : `strategy **${strategy}**${provider === null ? '' : ` on ${escapeMarkdown(provider)}`}`,
    host === null ? '' : `host ${formatCode(host)}`,
    restarts === 0 ? '' : `restarted ${restarts === 1 ? 'once' : `${restarts} times`}`,
    `from ${formatCode(source.path)}`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

function renderChange({ change, revision }: DeploymentInfo): string {
  if (change === null) return '';
  const serving = revision === null ? '' : ` Callers still reach **${revision}**.`;
  return `**${describeChangeTarget(change)} is ${change.state}.** ${describeOrigin(change)}.${serving}`;
}

const renderNextChange = ({ next }: DeploymentInfo): string =>
  next === null ? '' : `Queued: a ${next.kind}, ${describeOrigin(next)}.`;

const renderBake = ({ bake }: DeploymentInfo): string =>
  bake === null
    ? ''
    : `**${bake.revision}** bakes until ${formatTime(bake.until)}. If it fails, it is rolled back to **${bake.previous}**.`;

const renderOrphans = ({ leftOvers = [] }: DeploymentInfo): string =>
  formatList(
    leftOvers.map(
      ({ revision, message }) =>
        `**${revision}** is orphaned, its removal will be retried: ${escapeMarkdown(message, 400)}`,
    ),
  );

/** Shows the contract only when it was checked with a probe. */
const renderContract = ({ contract }: DeploymentInfo): string =>
  contract?.probe === undefined ? '' : `Contract: ${escapeMarkdown(summarizeContract(contract), 400)}`;

export function renderFailure({ code: name, message, evidence, next }: LastError): string {
  const shown = evidence === null ? [] : [formatCodeBlock(evidence, { lines: 20, width: 120 })];
  return [`**${name}** ${escapeMarkdown(message)}`, ...shown, formatCommands(next)].join('\n\n');
}

/** Formats the commands in one of Berth's sentences, which follow a colon or are in backticks. */
export const formatCommands = (next: string): string =>
  next
    .split(/(`[^`]+`|\bberth (?:[^.,;)]|[.,;](?! |$))+)/)
    .map((part, index) => (index % 2 === 0 ? escapeTrimmed(part) : formatCode(part.replaceAll('`', '').trim())))
    .join('');

/** Escapes text between two commands, and keeps the spaces around it. */
const escapeTrimmed = (words: string): string => words.replace(/\S(?:.*\S)?/s, (inner) => escapeMarkdown(inner, 600));

function renderNextCommands(info: DeploymentInfo): string {
  return formatList(listNextCommands(info).map(({ purpose, command }) => `${purpose}: ${formatCode(command)}`));
}

function renderRevisions({ revisions, state }: DeploymentInfo): string {
  if (revisions.length < 2 || state === 'cleaned') return '';
  return `Revisions: ${revisions.map(({ id, state: which }) => `${id} (${which})`).join(', ')}`;
}

/** Lists changes, newest first. The other parts already describe a single one. */
function renderPastChanges({ changes }: DeploymentInfo): string {
  if (changes.length < 2) return '';
  return `Recent changes:\n\n${formatList(changes.slice(-5).reverse().map(renderPastChange))}`;
}

const renderPastChange = (past: PastChange): string =>
  `${past.kind} ${describeOrigin(past)}. ${past.outcome === 'live' ? '' : `**${past.outcome}**: `}${escapeMarkdown(past.note, 160)}`;

function renderSteps({ steps }: DeploymentInfo): string {
  if (steps.length === 0) return '';
  return `Recent steps:\n\n${formatList(steps.slice(-8).map(renderStep))}`;
}

function renderStep({ step, finishedAt, note, dollars }: StepRecord): string {
  const mark = finishedAt === null ? '…' : note.startsWith('failed: ') ? '✗' : '✓';
  const cost = dollars === undefined ? '' : ` ($${dollars.toFixed(2)})`;
  return `${mark} **${step}**${cost}${note === '' ? '' : ` ${escapeMarkdown(note, 160)}`}`;
}

function renderSelection({ selection, notes }: DeploymentInfo): string {
  const reason =
    selection === null
      ? []
      : [`Strategy selected by ${selection.decidedBy}: ${escapeMarkdown(selection.reasoning, 600)}`];
  return [...reason, ...notes.slice(-5).map((note) => `Note: ${escapeMarkdown(note)}`)].join('\n\n');
}

const describeChangeTarget = ({ kind, revision }: CurrentChange): string => {
  if (revision === null) return `The ${kind}`;
  return `The ${kind} ${kind === 'deploy' ? 'of' : 'to'} ${revision}`;
};

const describeOrigin = ({ id, by, reason, requestedAt }: RequestedChange): string =>
  `${id}, requested by ${escapeMarkdown(by, 60)} on ${formatTime(requestedAt)}${reason === null ? '' : `: ${escapeMarkdown(reason)}`}`;
