import { startTemporal } from './temporal-server.ts';

/** One Temporal server for the whole run; its address reaches the tests through the environment. */
export default async function setup(): Promise<void> {
  // Said by scripts/test.mjs, which then leaves out the tests that need the server.
  if (process.env.BERTH_TEST_WITHOUT_TEMPORAL === '1') return;
  await startTemporal();
}
