import { expect, test } from '@jest/globals';
import { startupDirectory } from '../../src/runners/server/server-imports.js';
import { buildBentoServerEnvironment } from '../../strategies/bentoml/server/server-environment.js';
import { buildServerEnvironment } from '../../strategies/langgraph/server/server-command.js';
import { temporaryDirectory } from '../support/temporary-directories.js';
import { createLocalPlan } from './local-plan.js';

const plan = createLocalPlan(temporaryDirectory(), {});

test('a Bento server has the user’s PYTHONPATH after the directories that it needs', () => {
  const declared = ['PYTHONPATH=code', 'PYTHONOPTIMIZE=1'];
  const served = { service: 'service:Service', paths: ['src', '.'], cog: false, host: false, environment: declared };
  const environment = buildBentoServerEnvironment(plan, served, {});
  expect(environment).toMatchObject({ PYTHONPATH: `${startupDirectory}:code`, PYTHONOPTIMIZE: '1' });
  expect(JSON.parse(environment.BERTH_IMPORTS ?? '')).toEqual({
    directory: plan.directory,
    module: 'service',
    paths: ['src', '.'],
    importTimeout: null,
  });
  const custom = buildBentoServerEnvironment({ ...plan, importTimeout: 5 }, served, { PYTHONPATH: 'lib:more' });
  expect(custom.PYTHONPATH).toBe(`${startupDirectory}:lib:more`);
  expect(JSON.parse(custom.BERTH_IMPORTS ?? '')).toMatchObject({ importTimeout: 5 });
});

test('a LangGraph server has the user’s PYTHONPATH after the one of the revision’s own package', () => {
  const environment = {
    digest: '',
    path: '',
    python: 'python3',
    pythonVersion: '3.11.7',
    packageDirectory: '/own',
    notes: [],
  };
  const given = { base: {}, declared: { PYTHONPATH: 'code' }, dependencies: [], env: {}, token: 't', needsHost: false };
  const own = `${startupDirectory}:/own`;
  expect(buildServerEnvironment({ ...plan, environment }, given).PYTHONPATH).toBe(`${own}:code`);
  const custom = { ...given, env: { PYTHONPATH: 'lib' } };
  expect(buildServerEnvironment({ ...plan, environment }, custom).PYTHONPATH).toBe(`${own}:lib`);
});
