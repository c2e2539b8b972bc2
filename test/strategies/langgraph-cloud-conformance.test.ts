/** @needs python3 uv */
import { beforeAll, expect, test } from '@jest/globals';
import { atTheEnd } from '../support/temporary.js';
import { conformsAsRunner, describeBuiltIn, furtherDeployments } from './conformance.js';
import { graphEnvironment } from './graph-plan.js';
import { FakeLangSmith } from './lang-smith.js';

let cloud: FakeLangSmith;

beforeAll(async () => {
  cloud = new FakeLangSmith({ key: 'lsv2-key-40d1', python: (await graphEnvironment()).python });
  await cloud.listen();
  atTheEnd(() => cloud.close());
  Object.assign(process.env, { LANGSMITH_API_KEY: 'lsv2-key-40d1', LANGGRAPH_HOST_URL: cloud.address });
});

conformsAsRunner(await describeBuiltIn('langgraph', 'langsmith'), { without: furtherDeployments });

test('the suite leaves nothing in the account', () => {
  expect([cloud.deployments.size, cloud.listServers()]).toEqual([0, []]);
});
