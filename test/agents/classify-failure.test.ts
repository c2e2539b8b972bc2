import { expect, test } from '@jest/globals';
import { classifyFailure } from '../../src/agents/classify-failure.js';

test.each([
  ['unexpected status 401 Unauthorized: Incorrect API key', 'unauthorized'],
  ['litellm.AuthenticationError: no', 'unauthorized'],
  ['[API Error: {"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}]', 'rate-limited'],
  ['API Error: Overloaded', 'rate-limited'],
  ['Connection failed: error sending request', 'unreachable'],
  ['Unable to connect to API (ConnectionRefused)', 'unreachable'],
  ['unexpected status 502 Bad Gateway', 'unreachable'],
  ['SyntaxError on line 401: Permission denied', 'failed'],
])('%s is %s', (text, reason) => {
  expect(classifyFailure(text)).toEqual({ reason, text, retryAfterSeconds: null });
});

test('a known status takes precedence over the text, and only a rate limit has a wait time', () => {
  expect(classifyFailure('quota', 401, 5)).toMatchObject({ reason: 'unauthorized', retryAfterSeconds: null });
  expect(classifyFailure('no', 529, 5)).toMatchObject({ reason: 'rate-limited', retryAfterSeconds: 5 });
  expect(classifyFailure('rate limit in a 400', 400)).toMatchObject({ reason: 'failed' });
});
