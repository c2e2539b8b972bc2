import { makeContinueAsNewFunc, workflowInfo } from '@temporalio/workflow';
import type { DeployConfig } from '../contract/deploy-config.js';
import type { Example } from '../contract/example.js';
import type { deployment } from './deployment.js';
import type { WorkflowState } from './state/state.js';

// What one run hands to the next. Temporal takes 2 MB at most, and each revision has its examples: a list that several
// have is handed over once.

/** Has a new run take over, to which the server's index goes on saying what was last said of this one. */
export async function continueAsNew(workflow: WorkflowState): Promise<never> {
  const { memo = {} } = workflowInfo();
  return await makeContinueAsNewFunc<typeof deployment>({ memo })(...packState(workflow));
}

/** A list of examples, and the names of those that it belongs to. */
interface SharedExamples {
  examples: Example[];
  holders: string[];
}

/** A life whose examples stand apart. Runs that began earlier were handed a life as it is. */
export type CarriedState = WorkflowState & { shared?: SharedExamples[] };

/** Arguments of the run that takes over. */
export function packState(workflow: WorkflowState): [DeployConfig, CarriedState] {
  const handed = JSON.parse(JSON.stringify(workflow)) as WorkflowState; // plain data, and the copy is taken apart
  const shared = shareExamples(handed);
  for (const { holder } of listExamplesHolders(handed)) holder.examples = [];
  return [handed.config, { ...handed, shared }];
}

export function unpackState({ shared = [], ...workflow }: CarriedState): WorkflowState {
  for (const { name, holder } of listExamplesHolders(workflow))
    holder.examples = shared.find(({ holders }) => holders.includes(name))?.examples ?? holder.examples;
  return workflow;
}

/** Bytes of the examples that would be handed over if these were asked for. */
export function measureExamples(workflow: WorkflowState, asked: Example[]): number {
  const lists = [...shareExamples({ ...workflow, next: null }).map(({ examples }) => examples), asked];
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

/** Whatever of a life has examples. */
function listExamplesHolders({
  config,
  pendingRevision,
  keptRevisions,
  current,
  next,
}: WorkflowState): ExamplesHolder[] {
  const found: [name: string, holder: { examples?: Example[] } | undefined][] = [
    ['config', config],
    ['work', pendingRevision?.config],
    ['current', current?.redeployment?.changes],
    ['next', next?.redeployment?.changes],
    ...keptRevisions.map((one): [string, DeployConfig] => [one.revision.id, one.config]),
  ];
  return found.flatMap(([name, holder]) => (hasExamples(holder) ? [{ name, holder }] : []));
}

const hasExamples = (holder: { examples?: Example[] } | undefined): holder is { examples: Example[] } =>
  holder?.examples !== undefined;
