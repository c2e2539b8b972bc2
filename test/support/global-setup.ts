import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTemporal } from './temporal-server.ts';

/** One Temporal server and one home for the whole run; where they are reaches the tests through the environment. */
export default async function setup(): Promise<void> {
  process.env.BERTH_TEST_HOME = mkdtempSync(join(tmpdir(), 'berth-home-'));
  // Said by scripts/test.mjs: some of the test files need the server, and it can be had.
  if (process.env.BERTH_TEST_MET?.split(' ').includes('temporal')) await startTemporal();
}
