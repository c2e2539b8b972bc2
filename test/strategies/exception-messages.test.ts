import { expect, test } from '@jest/globals';
import type { HttpReply } from '../../src/runners/http/http-call.js';
import { readAnswer } from '../../strategies/bentoml/calls/read-answer.js';
import { parseRemoteError } from '../../strategies/modal/calls/parse-remote-error.js';

test.each([
  ["Remote error: ValueError('no good')", { type: 'ValueError', message: 'ValueError: no good' }],
  [
    'Remote error: ValueError("it\'s \\\\ no good\\n\\xe9\\U0001f600")',
    { message: "ValueError: it's \\ no good\né😀" },
  ],
  ['Remote error: ValueError()', { type: 'ValueError', message: 'ValueError' }],
  ["Remote error: KeyError('x')", { type: 'KeyError', message: "KeyError: 'x'" }],
  ['Remote error: Odd(1, 2)', { type: 'Odd', message: 'Odd: 1, 2' }],
  ['Remote error: it went away', { message: 'it went away' }],
])('modal: %s', (reported, expected) => {
  expect(parseRemoteError(reported)).toMatchObject(expected);
});

const failed: HttpReply = { status: 500, headers: {}, body: Buffer.from('{"error": "hidden"}'), isComplete: true };
const api = { isStream: false, isFileOutput: false, outputKey: null } as never; // all that reading a failure needs

test.each([
  ['ValueError', 'no good', 'ValueError: no good'],
  ['ValueError', '', 'ValueError'],
])('bentoml: %s with the words "%s"', async (type, message, expected) => {
  const answer = await readAnswer(failed, api, {
    findFailure: async () => ({ type, message, traceback: 'Traceback' }),
  });
  expect(answer).toMatchObject({ status: 'error', error: { code: 'CALL_FAILED', type, message: expected } });
});
