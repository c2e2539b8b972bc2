import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTemporal } from './temporal-server.ts';

/** Starts one Temporal server and one home for the test run; the tests find them through the environment. */
export default async function setup(): Promise<void> {
  process.env.BERTH_TEST_HOME = mkdtempSync(join(tmpdir(), 'berth-home-'));
  // scripts/test.mjs sets it when a test file needs the server and it is available.
  if (process.env.BERTH_TEST_MET?.split(' ').includes('temporal')) await startTemporal();
}
