import { allHandlersFinished, condition, makeContinueAsNewFunc, workflowInfo } from '@temporalio/workflow';
import type { DeployConfig } from '../contract/deploy-config.js';
import type { Example } from '../contract/example.js';
import type { DeploymentInfo } from '../contract/status.js';
import type { WorkflowState } from './state/state.js';

// Passes the state to the next run. Temporal accepts at most 2 MB of arguments, and each revision has a list of
// examples, so equal lists are passed only once.

/** State without its lists of examples, which are stored separately. */
export type CarriedState = WorkflowState & { shared?: SharedExamples[] };

/** A list of examples, and the names of its holders. */
interface SharedExamples {
  examples: Example[];
  holders: string[];
}

/** Replaces this run by a new one when every message is answered. Keeps the memo, which the server's index shows. */
export async function continueAsNew(workflow: WorkflowState): Promise<never> {
  await condition(allHandlersFinished);
  const { memo = {} } = workflowInfo();
  const startRun = makeContinueAsNewFunc<(...args: RunArguments) => Promise<DeploymentInfo>>({ memo });
  return await startRun(...packState(workflow));
}

type RunArguments = [config: DeployConfig, carried: CarriedState];

/** Returns the arguments of the next run. */
export function packState(workflow: WorkflowState): RunArguments {
  const carried = JSON.parse(JSON.stringify(workflow)) as WorkflowState; // plain data; the copy is modified below
  const shared = shareExamples(carried);
  for (const { holder } of listExamplesHolders(carried)) holder.examples = [];
  return [carried.config, { ...carried, shared }];
}

export function unpackState({ shared = [], ...workflow }: CarriedState): WorkflowState {
  for (const { name, holder } of listExamplesHolders(workflow))
    holder.examples = shared.find(({ holders }) => holders.includes(name))?.examples ?? holder.examples;
  return workflow;
}

/** Returns the bytes of examples that the next run would get if `requested` were added. */
export function measureExamples(workflow: WorkflowState, requested: Example[]): number {
  const lists = [...shareExamples({ ...workflow, next: null }).map(({ examples }) => examples), requested];
  const texts = new Set(lists.map((examples) => JSON.stringify(examples)));
  return [...texts].reduce((bytes, text) => bytes + new TextEncoder().encode(text).length, 0);
}

function shareExamples(workflow: WorkflowState): SharedExamples[] {
  const shared = new Map<string, SharedExamples>();
  for (const { name, holder } of listExamplesHolders(workflow)) {
    const text = JSON.stringify(holder.examples);
    const list = shared.get(text) ?? { examples: holder.examples, holders: [] };
    list.holders.push(name);
    shared.set(text, list);
  }
  return [...shared.values()];
}

interface ExamplesHolder {
  name: string;
  holder: { examples: Example[] };
}

function listExamplesHolders(workflow: WorkflowState): ExamplesHolder[] {
  const { config, pendingRevision, keptRevisions, current, next } = workflow;
  const holders: [name: string, holder: { examples?: Example[] } | undefined][] = [
    ['config', config],
    ['pendingRevision', pendingRevision?.config],
    ['verified', pendingRevision?.verified?.config],
    ['current', current?.redeployment?.changes],
    ['next', next?.redeployment?.changes],
    ...keptRevisions.map((kept): [string, DeployConfig] => [kept.revision.id, kept.config]),
  ];
  return holders.flatMap(([name, holder]) => (hasExamples(holder) ? [{ name, holder }] : []));
}

const hasExamples = (holder: { examples?: Example[] } | undefined): holder is { examples: Example[] } =>
  holder?.examples !== undefined;
