import { expect, test } from '@jest/globals';
import type { Dependencies } from '../../src/activities/dependencies.js';
import { planRevision } from '../../src/activities/plan.js';
import { DeployConfig } from '../../src/contract/index.js';
import type { Resources } from '../../src/contract/resources.js';
import { StrategyRegistry } from '../../src/registry/index.js';
import { temporaryDirectory, temporaryHome } from '../support/temporary.js';

const home = temporaryHome();

async function planTimeout(timeout: number | undefined, resources: Resources): Promise<number> {
  const registry = await StrategyRegistry.scan();
  const solution = { path: temporaryDirectory() };
  const config = DeployConfig.parse({ name: 'planned', solution, ...(timeout && { timeout }) });
  const runInterface = { type: 'function', module: 'app', callable: 'predict' };
  const plan = await planRevision({ home, registry } as Dependencies, {
    config,
    setting: {
      ...{ strategy: 'local', provider: null, interface: 'function', resources, runInterface },
      ...{ decidedBy: 'user', reasoning: '', candidates: [] },
    },
    adaptation: { by: 'recipe:entry', commit: '', summary: '', filesChanged: [], runInterface, notes: [] } as never, // its interface is what counts
    revision: { id: 'r1', directory: temporaryDirectory(), environment: null },
  });
  return plan.timeout;
}

test('a call may take what --timeout says, else what the resources say, else a minute', async () => {
  expect(await planTimeout(undefined, {})).toBe(60);
  expect(await planTimeout(undefined, { timeout: 300 })).toBe(300);
  expect(await planTimeout(5, { timeout: 300 })).toBe(5);
});
