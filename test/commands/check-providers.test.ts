import { afterEach, expect, test } from '@jest/globals';
import { checkProviders } from '../../src/commands/check-providers.js';
import { StrategyRegistry } from '../../src/registry/index.js';
import { temporaryHome } from '../support/temporary-directories.js';

afterEach(() => {
  delete process.env.BENTO_CLOUD_API_KEY;
});

test('each cloud is listed with its missing needs, and none is required', async () => {
  delete process.env.LANGSMITH_API_KEY;
  process.env.BENTO_CLOUD_API_KEY = 'token';
  const checks = await checkProviders(await StrategyRegistry.scan({ home: temporaryHome(), directories: [] }));
  expect(checks.every(({ isRequired }) => !isRequired)).toBe(true);
  const byName = Object.fromEntries(checks.map((check) => [check.name, check]));
  expect(byName['bentoml on bentocloud']).toMatchObject({ ok: true, remedy: null });
  expect(byName['langgraph on langsmith']).toMatchObject({
    ok: false,
    detail: 'LangSmith API key: LANGSMITH_API_KEY is not set',
    remedy: expect.stringContaining('set LANGSMITH_API_KEY'),
  });
});
