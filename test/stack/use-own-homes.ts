import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';
import { type BerthHome, berthHome } from '../../src/home/home.js';
import { findRunningServer } from '../../src/stack/embedded-server.js';
import { stopStack } from '../../src/stack/stop-stack.js';

/**
 * Gives each test empty homes without a configured server. Stops and removes their stacks after the test, even if it
 * fails.
 */
export function useOwnHomes(): () => BerthHome {
  const original = { ...process.env };
  const homes: string[] = [];
  beforeEach(() => {
    for (const name of Object.keys(original)) if (/^TEMPORAL_(?!CLI)/.test(name)) delete process.env[name];
    // The developer's configuration must have no influence.
    process.env.TEMPORAL_CONFIG_FILE = join(tmpdir(), 'no-such-temporal.toml');
  });
  afterEach(async () => {
    for (const root of homes.splice(0)) {
      process.env.BERTH_HOME = root;
      // A graceful shutdown takes a second to write data that no test needs.
      const server = findRunningServer(berthHome())?.process;
      if (server) process.kill(server.pid, 'SIGKILL');
      await stopStack();
      rmSync(root, { recursive: true, force: true });
    }
    for (const name of Object.keys(process.env)) if (!(name in original)) delete process.env[name];
    Object.assign(process.env, original);
  });
  return () => {
    const root = mkdtempSync(join(tmpdir(), 'berth-home-'));
    homes.push(root);
    process.env.BERTH_HOME = root;
    return berthHome();
  };
}
