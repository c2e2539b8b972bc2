import { expect, test } from '@jest/globals';
import { withRedactedSecrets } from '../../../src/activities/support/with-redacted-secrets.js';
import { BerthError } from '../../../src/errors.js';
import { sealEnvironment } from '../../../src/secrets/index.js';
import { temporaryHome } from '../../support/temporary-directories.js';

const home = temporaryHome();

async function fail(thrown: unknown): Promise<unknown> {
  const env = await sealEnvironment(home, [
    { name: 'TOKEN', value: 'sk-canary-77' },
    { name: 'MODE', value: 'fast' },
  ]);
  const failing = withRedactedSecrets({ home }, async () => Promise.reject(thrown));
  return await failing({ config: { env } }, {}).catch((error: unknown) => error);
}

test('an error that quotes the software does not contain the values of its variables', async () => {
  const details = { evidence: "ValueError: input_value='sk-canary-77' is fast", name: 'demo', isGone: true };
  const error = await fail(new BerthError('START_FAILED', 'it ended: sk-canary-77', details));
  expect(error).toMatchObject({
    code: 'START_FAILED',
    message: 'it ended: [redacted]',
    details: { evidence: "ValueError: input_value='[redacted]' is fast", name: 'demo', isGone: true },
  });
});

test('an error without such values is rethrown unchanged', async () => {
  const thrown = new TypeError('fast');
  expect(await fail(thrown)).toBe(thrown);
});
