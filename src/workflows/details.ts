import { describeContract } from '../adaptation/stated-contract.js';
import type { CurrentChange, PastChange, RequestedChange } from '../contract/change.js';
import type { DeploymentInfo, LastError, StepRecord } from '../contract/status.js';
import { block, code, list, moment, plain } from './markdown.js';
import { failuresOf, nextCommands } from './next-commands.js';

/**
 * Markdown for the Web UI: where the deployment stands, why, and what to type next. The Web UI shows it in a small
 * frame, so what matters now comes first, and all of it is bounded.
 */
export function describeLife(info: DeploymentInfo, goal?: string): string {
  const parts = [
    `### ${info.name} is ${info.state}`,
    whereItRuns(info),
    theChange(info),
    whatWaits(info),
    theBake(info),
    theLeftOvers(info),
    theContract(info),
    ...failuresOf(info).map(theFailure),
    whatToDo(info),
    theRevisions(info),
    thePast(info),
    theSteps(info),
    goal === undefined ? '' : `Goal: ${plain(goal, 600)}`,
    theChoices(info),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function whereItRuns({ strategy, provider, revision, host, restarts, source }: DeploymentInfo): string {
  const parts = [
    revision === null ? '' : `revision **${revision}**`,
    strategy === null ? '' : `strategy **${strategy}**${provider === null ? '' : ` on ${plain(provider)}`}`,
    host === null ? '' : `host ${code(host)}`,
    restarts === 0 ? '' : `restarted ${restarts === 1 ? 'once' : `${restarts} times`}`,
    `from ${code(source.path)}`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

function theChange({ change, revision }: DeploymentInfo): string {
  if (change === null) return '';
  const rest = revision === null ? '' : ` Callers go on reaching **${revision}**.`;
  return `**${nameOf(change)} is ${change.state}.** ${origin(change)}.${rest}`;
}

const whatWaits = ({ next }: DeploymentInfo): string =>
  next === null ? '' : `Next is a ${next.kind}. ${origin(next)}.`;

const theBake = ({ bake }: DeploymentInfo): string =>
  bake === null
    ? ''
    : `**${bake.revision}** has to prove itself until ${moment(bake.until)}; if it does badly, **${bake.previous}** takes over again by itself.`;

const theLeftOvers = ({ leftOvers = [] }: DeploymentInfo): string =>
  list(
    leftOvers.map(({ revision, message }) => `Left over of **${revision}**, and tried again: ${plain(message, 400)}`),
  );

/** That all of it holds goes without saying. */
const theContract = ({ contract }: DeploymentInfo): string =>
  contract?.probe === undefined ? '' : `Contract: ${plain(describeContract(contract), 400)}`;

export function theFailure({ code: name, message, evidence, next }: LastError): string {
  const shown = evidence === null ? [] : [block(evidence, { lines: 20, width: 120 })];
  return [`**${name}** ${plain(message)}`, ...shown, withCommands(next)].join('\n\n');
}

/** A sentence of ours in which commands stand after a colon, or between backticks. */
export const withCommands = (next: string): string =>
  next
    .split(/(`[^`]+`|\bberth (?:[^.,;)]|[.,;](?! |$))+)/)
    .map((part, index) => (index % 2 === 0 ? plainWithin(part) : code(part.replaceAll('`', '').trim())))
    .join('');

/** Blanks around what stands between two commands belong to it. */
const plainWithin = (words: string): string => words.replace(/\S(?:.*\S)?/s, (inner) => plain(inner, 600));

function whatToDo(info: DeploymentInfo): string {
  return list(nextCommands(info).map(({ purpose, command }) => `${purpose}: ${code(command)}`));
}

function theRevisions({ revisions, state }: DeploymentInfo): string {
  if (revisions.length < 2 || state === 'cleaned') return '';
  return `Revisions: ${revisions.map(({ id, state: which }) => `${id} (${which})`).join(', ')}`;
}

/** The newest first; what a first deployment was is told by the rest. */
function thePast({ changes }: DeploymentInfo): string {
  if (changes.length < 2) return '';
  return `Newest changes:\n\n${list(changes.slice(-5).reverse().map(describePast))}`;
}

const describePast = (past: PastChange): string =>
  `${past.kind} ${origin(past)}. ${past.outcome === 'live' ? '' : `**${past.outcome}**: `}${plain(past.note, 160)}`;

function theSteps({ steps }: DeploymentInfo): string {
  if (steps.length === 0) return '';
  return `Newest steps:\n\n${list(steps.slice(-8).map(describeStep))}`;
}

function describeStep({ step, finishedAt, note, dollars }: StepRecord): string {
  const mark = finishedAt === null ? '…' : note.startsWith('failed: ') ? '✗' : '✓';
  const cost = dollars === undefined ? '' : ` ($${dollars.toFixed(2)})`;
  return `${mark} **${step}**${cost}${note === '' ? '' : ` ${plain(note, 160)}`}`;
}

function theChoices({ selection, notes }: DeploymentInfo): string {
  const reason = selection === null ? [] : [`Chosen by ${selection.decidedBy}: ${plain(selection.reasoning, 600)}`];
  return [...reason, ...notes.slice(-5).map((note) => `Note: ${plain(note)}`)].join('\n\n');
}

const nameOf = ({ kind, revision }: CurrentChange): string => {
  if (revision === null) return `The ${kind}`;
  return `The ${kind} ${kind === 'deploy' ? 'of' : 'to'} ${revision}`;
};

const origin = ({ id, by, reason, requestedAt }: RequestedChange): string =>
  `${id}, asked for by ${plain(by, 60)} on ${moment(requestedAt)}${reason === null ? '' : `: ${plain(reason)}`}`;
