import { expect, test } from '@jest/globals';
import { renderRemoved } from '../../src/commands/cleanup.js';

test('a cleanup of all names what it removed, and tells failures from an empty list', () => {
  expect(renderRemoved(['one', 'two'], 1)).toBe('removed one\nremoved two');
  expect(renderRemoved([], 0)).toBe('nothing to remove');
  expect(renderRemoved([], 2)).toBe('nothing was removed');
});
