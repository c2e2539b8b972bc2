import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { berthHome } from '../../src/home/home.js';
import { getHostId } from '../../src/home/host-id.js';
import { temporaryDirectory } from '../support/temporary-directories.js';

const directory = temporaryDirectory();
const home = (name: string) => berthHome(join(directory, name));

afterEach(() => {
  delete process.env.BERTH_HOST_ID;
});

test('the id is stable, and differs between homes', () => {
  expect(getHostId(home('a'))).toMatch(/^[0-9a-f]{12}$/);
  expect(getHostId(home('a'))).toBe(getHostId(home('a')));
  expect(getHostId(home('b'))).not.toBe(getHostId(home('a')));
});

test('BERTH_HOST_ID overrides it', () => {
  process.env.BERTH_HOST_ID = 'gpu-7';
  expect(getHostId(home('a'))).toBe('gpu-7');
});
