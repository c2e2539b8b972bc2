import { expect, test } from '@jest/globals';
import type { Dependencies } from '../../../src/activities/support/dependencies.js';
import { prepareRunPlan } from '../../../src/activities/support/prepare-run-plan.js';
import type { RunPlan } from '../../../src/contract/handle.js';
import { DeployConfig } from '../../../src/contract/index.js';
import type { Resources } from '../../../src/contract/resources.js';
import { StrategyRegistry } from '../../../src/registry/index.js';
import { temporaryDirectory, temporaryHome } from '../../support/temporary-directories.js';

const home = temporaryHome();

async function plan(changes: Partial<DeployConfig>, resources: Resources = {}): Promise<RunPlan> {
  const registry = await StrategyRegistry.scan();
  const solution = { path: temporaryDirectory() };
  const config = DeployConfig.parse({ name: 'planned', solution, ...changes });
  const runInterface = { type: 'function', module: 'app', callable: 'predict' };
  return await prepareRunPlan({ home, registry } as Dependencies, {
    config,
    setting: {
      strategy: 'local',
      provider: null,
      interface: 'function',
      resources,
      runInterface,
      decidedBy: 'user',
      reasoning: '',
      candidates: [],
    },
    adaptation: { by: 'recipe:entry', commit: '', summary: '', filesChanged: [], runInterface, notes: [] } as never, // only its interface matters
    revision: { id: 'r1', directory: temporaryDirectory(), environment: null },
  });
}

test('a call’s timeout comes from --timeout, then from the resources, and is a minute by default', async () => {
  expect(await plan({})).toMatchObject({ timeout: 60 });
  expect(await plan({}, { timeout: 300 })).toMatchObject({ timeout: 300 });
  expect(await plan({ timeout: 5 }, { timeout: 300 })).toMatchObject({ timeout: 5 });
});

test('an import’s timeout comes from --import-timeout, and is a minute by default', async () => {
  expect(await plan({})).toMatchObject({ importTimeout: 60 });
  expect(await plan({ importTimeout: 300 })).toMatchObject({ importTimeout: 300 });
});
