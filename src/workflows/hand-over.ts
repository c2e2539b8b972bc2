import { makeContinueAsNewFunc, workflowInfo } from '@temporalio/workflow';
import type { DeployConfig } from '../contract/config.js';
import type { Example } from '../contract/example.js';
import type { deployment } from './deployment.js';
import type { Life } from './life.js';

// What one run hands to the next. Temporal takes 2 MB at most, and each revision has its examples: a list that several
// have is handed over once.

/** Has a new run take over, to which the server's index goes on saying what was last said of this one. */
export async function continueInNewRun(life: Life): Promise<never> {
  const { memo = {} } = workflowInfo();
  return await makeContinueAsNewFunc<typeof deployment>({ memo })(...handOver(life));
}

/** A list of examples, and the names of those that it belongs to. */
interface SharedExamples {
  examples: Example[];
  of: string[];
}

/** A life whose examples stand apart. Runs that began earlier were handed a life as it is. */
export type HandedOver = Life & { shared?: SharedExamples[] };

/** Arguments of the run that takes over. */
export function handOver(life: Life): [DeployConfig, HandedOver] {
  const handed = JSON.parse(JSON.stringify(life)) as Life; // plain data, and the copy is taken apart
  const shared = shareExamples(handed);
  for (const { holder } of holdersOf(handed)) holder.examples = [];
  return [handed.config, { ...handed, shared }];
}

export function takeOver({ shared = [], ...life }: HandedOver): Life {
  for (const { name, holder } of holdersOf(life))
    holder.examples = shared.find(({ of }) => of.includes(name))?.examples ?? holder.examples;
  return life;
}

/** Bytes of the examples that would be handed over if these were asked for. */
export function measureExamples(life: Life, asked: Example[]): number {
  const lists = [...shareExamples({ ...life, next: null }).map(({ examples }) => examples), asked];
  const texts = new Set(lists.map((examples) => JSON.stringify(examples)));
  return [...texts].reduce((bytes, text) => bytes + new TextEncoder().encode(text).length, 0);
}

function shareExamples(life: Life): SharedExamples[] {
  const shared = new Map<string, SharedExamples>();
  for (const { name, holder } of holdersOf(life)) {
    const text = JSON.stringify(holder.examples);
    const list = shared.get(text) ?? { examples: holder.examples, of: [] };
    list.of.push(name);
    shared.set(text, list);
  }
  return [...shared.values()];
}

interface Holder {
  name: string;
  holder: { examples: Example[] };
}

/** Whatever of a life has examples. */
function holdersOf({ config, work, kept, current, next }: Life): Holder[] {
  const found: [name: string, holder: { examples?: Example[] } | undefined][] = [
    ['config', config],
    ['work', work?.config],
    ['current', current?.redeployment?.changes],
    ['next', next?.redeployment?.changes],
    ...kept.map((one): [string, DeployConfig] => [one.revision.id, one.config]),
  ];
  return found.flatMap(([name, holder]) => (hasExamples(holder) ? [{ name, holder }] : []));
}

const hasExamples = (holder: { examples?: Example[] } | undefined): holder is { examples: Example[] } =>
  holder?.examples !== undefined;
