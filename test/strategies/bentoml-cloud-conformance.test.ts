/** @needs python3 uv */
import { beforeAll, expect, test } from '@jest/globals';
import { registerCleanup } from '../support/temporary-directories.js';
import { prepareBentoEnvironment } from './bentoml-plan.js';
import { describeBuiltIn, extraDeploymentChecks, testRunnerConformance } from './conformance.js';
import { FakeBentoCloud } from './fake-bento-cloud.js';

let cloud: FakeBentoCloud;

beforeAll(async () => {
  cloud = new FakeBentoCloud({ token: 'token-1b7e', python: (await prepareBentoEnvironment()).python });
  await cloud.listen();
  registerCleanup(() => cloud.close());
  Object.assign(process.env, { BENTO_CLOUD_API_KEY: 'token-1b7e', BENTO_CLOUD_API_ENDPOINT: cloud.address });
});

testRunnerConformance(await describeBuiltIn('bentoml', 'bentocloud'), { without: extraDeploymentChecks });

test('the suite leaves nothing in the account', () => {
  expect([cloud.deployments.size, cloud.secrets.size, cloud.bentos.size, cloud.listServers()]).toEqual([0, 0, 0, []]);
});
