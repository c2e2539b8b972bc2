import { writeTree } from '../support/temporary-directories.js';

const config = (name: string): string => `name: ${name}
provider: null
interface: function
runner_class: EchoRunner
default_resources: { memory: 1Gi }
run_interface: { type: function, module: main, callable: predict }
signals:
  - { fact: language:python, weight: 1, reason: it echoes Python }
`;

/** Runner of a plugin in TypeScript, with a type of Berth's, and an error class of Berth's at run time. */
const runner = `
import type { Answer, Handle, Runner, RunPlan } from 'berth';
import { BerthError } from 'berth';

export class EchoRunner implements Runner {
  constructor(private readonly plan: RunPlan) {}
  async start(): Promise<Handle> {
    return { plan: this.plan, endpoint: null, startedAt: new Date(0).toISOString() };
  }
  async attach(): Promise<void> {}
  async run(inputs: unknown): Promise<Answer> {
    if (inputs === null) throw new BerthError('CALL_INPUT', 'there is nothing to echo');
    return { status: 'success', output: inputs };
  }
  async isHealthy() {
    return { isHealthy: true, state: 'ready' as const, detail: 'echoes' };
  }
  async *logs() {}
  async stop(): Promise<void> {}
  async undo(): Promise<void> {}
  async close(): Promise<void> {}
}
`;

const recipes = `
import type { Recipe } from 'berth';

export const recipes: Recipe[] = [
  { name: 'echo', recognize: async () => ({ summary: 'echoes', runInterface: { type: 'function' }, files: {} }) },
];
`;

/** Files of a valid plugin; a file of `changes` replaces one of them, null removes it. */
export function writePlugin(root: string, name: string, changes: Record<string, string | null> = {}): string {
  const files = {
    'config.yaml': config(name),
    'selector_instruction.md': '# Choose it to hear yourself\n',
    'adapter_instruction.md': '# Change nothing\n',
    'runner.ts': runner,
    'recipes.ts': recipes,
    ...changes,
  };
  const present = Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== null);
  return writeTree(root, Object.fromEntries(present.map(([file, text]) => [`${name}/${file}`, text])));
}
