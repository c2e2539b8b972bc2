import { expect, test } from '@jest/globals';
import { findWebUi } from '../../src/stack/web-ui.js';

test.each([
  ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
  ['https://example.com/temporal', 'https://example.com/temporal'],
  ['ui.example.com:8080', 'http://ui.example.com:8080'],
])('the Web UI is where TEMPORAL_UI says: %s', (named, found) => {
  expect(findWebUi('temporal.example.com:7233', { TEMPORAL_UI: named })).toBe(found);
});

test.each(['work.a1b2c.tmprl.cloud:7233', 'us-east-1.aws.api.temporal.io:7233'])(
  'the Web UI of Temporal Cloud is known: %s',
  (address) => expect(findWebUi(address, {})).toBe('https://cloud.temporal.io'),
);

test('the Web UI of another server is unknown, and an invalid address is refused', () => {
  expect(findWebUi('temporal.example.com:7233', {})).toBeNull();
  expect(() => findWebUi('127.0.0.1:7233', { TEMPORAL_UI: 'http://' })).toThrow('TEMPORAL_UI is not an address');
});
