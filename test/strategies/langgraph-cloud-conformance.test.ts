/** @needs python3 uv */
import { beforeAll, expect, test } from '@jest/globals';
import { registerCleanup } from '../support/temporary-directories.js';
import { describeBuiltIn, extraDeploymentChecks, testRunnerConformance } from './conformance.js';
import { FakeLangSmith } from './fake-lang-smith.js';
import { prepareGraphEnvironment } from './langgraph-plan.js';

let cloud: FakeLangSmith;

beforeAll(async () => {
  cloud = new FakeLangSmith({ key: 'lsv2-key-40d1', python: (await prepareGraphEnvironment()).python });
  await cloud.listen();
  registerCleanup(() => cloud.close());
  Object.assign(process.env, { LANGSMITH_API_KEY: 'lsv2-key-40d1', LANGGRAPH_HOST_URL: cloud.address });
});

testRunnerConformance(await describeBuiltIn('langgraph', 'langsmith'), { without: extraDeploymentChecks });

test('the suite leaves nothing in the account', () => {
  expect([cloud.deployments.size, cloud.listServers()]).toEqual([0, []]);
});
