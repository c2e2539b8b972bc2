import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { serverEnvironment } from '../../strategies/bentoml/server-environment.js';
import { buildServerEnvironment } from '../../strategies/langgraph/server-command.js';
import { temporaryDirectory } from '../support/temporary.js';
import { localPlan } from './local-plan.js';

const plan = localPlan(temporaryDirectory(), {});

test('a Bento server has the user’s PYTHONPATH after the directories that it cannot do without', () => {
  const served = { paths: ['src', '.'], cog: false, environment: ['PYTHONPATH=code', 'PYTHONOPTIMIZE=1'] };
  const own = [join(plan.directory, 'src'), plan.directory];
  expect(serverEnvironment(plan, served, {})).toMatchObject({
    PYTHONPATH: [...own, 'code'].join(':'),
    PYTHONOPTIMIZE: '1',
  });
  expect(serverEnvironment(plan, served, { PYTHONPATH: 'lib:more' }).PYTHONPATH).toBe(
    [...own, 'lib', 'more'].join(':'),
  );
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
  const given = { base: {}, declared: { PYTHONPATH: 'code' }, env: {}, token: 't', isCog: false };
  expect(buildServerEnvironment({ ...plan, environment }, given).PYTHONPATH).toBe('/own:code');
  const said = { ...given, env: { PYTHONPATH: 'lib' } };
  expect(buildServerEnvironment({ ...plan, environment }, said).PYTHONPATH).toBe('/own:lib');
  expect(buildServerEnvironment(plan, { ...given, declared: {} })).not.toHaveProperty('PYTHONPATH');
});
