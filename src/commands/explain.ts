import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BerthError } from '../errors.js';
import { defineCommand } from './command.js';

export const explain = defineCommand({
  name: 'explain',
  summary: 'show which strategy would be chosen, and why',
  arguments: { path: { label: 'PATH', isRequired: true, summary: 'directory of the repository (never written to)' } },
  options: {
    entry: { flags: '--entry <ENTRY>', kind: 'text', summary: 'callable, as for deploy' },
    goal: { flags: '--goal <TEXT>', kind: 'text', summary: 'purpose of the software, for selection and agents' },
  },
  async run({ arguments: { path }, options: { goal, entry }, output }) {
    const source = resolve(path);
    if (!(await isDirectory(source)))
      throw new BerthError('SOURCE_NOT_FOUND', `there is no directory ${source}`, { path });
    const [{ StrategyRegistry }, { findOpenaiModel, SelectorAgent }] = await Promise.all([
      import('../registry/index.js'),
      import('../selection/index.js'),
    ]);
    const selector = new SelectorAgent(await StrategyRegistry.scan(), { model: findOpenaiModel() });
    const solution = { path: source, ...(goal !== undefined && { goal }) };
    const explanation = await selector.explain(solution, undefined, { entry });
    await output.result({ path: source, explanation }, () => explanation.trimEnd());
  },
});

const isDirectory = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
