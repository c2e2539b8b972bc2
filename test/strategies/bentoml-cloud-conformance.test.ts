/** @needs python3 uv */
import { beforeAll, expect, test } from '@jest/globals';
import { atTheEnd } from '../support/temporary.js';
import { FakeBentoCloud } from './bento-cloud.js';
import { bentoEnvironment } from './bento-plan.js';
import { conformsAsRunner, describeBuiltIn, furtherDeployments } from './conformance.js';

let cloud: FakeBentoCloud;

beforeAll(async () => {
  cloud = new FakeBentoCloud({ token: 'token-1b7e', python: (await bentoEnvironment()).python });
  await cloud.listen();
  atTheEnd(() => cloud.close());
  Object.assign(process.env, { BENTO_CLOUD_API_KEY: 'token-1b7e', BENTO_CLOUD_API_ENDPOINT: cloud.address });
});

conformsAsRunner(await describeBuiltIn('bentoml', 'bentocloud'), { without: furtherDeployments });

test('the suite leaves nothing in the account', () => {
  expect([cloud.deployments.size, cloud.secrets.size, cloud.bentos.size, cloud.listServers()]).toEqual([0, 0, 0, []]);
});
