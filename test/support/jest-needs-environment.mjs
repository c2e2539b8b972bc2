import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestEnvironment } from 'jest-environment-node';

/**
 * Skips the tests of a file with an unmet need (`@needs NAME …` in its first comment, checked by scripts/test.mjs).
 * The file is still loaded, so only hooks and tests may use what it needs.
 */
export default class NeedsEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    const declared = [context.docblockPragmas.needs ?? []].flat().flatMap((line) => line.split(/\s+/));
    const unmet = (process.env.BERTH_TEST_UNMET ?? '').split(' ');
    this.isLeftOut = declared.some((name) => unmet.includes(name));
  }

  /** Cleans up what the file created while it was loaded, because its hooks do not run. */
  async setup() {
    await super.setup();
    if (!this.isLeftOut) return;
    this.before = process.env.TMPDIR;
    process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'berth-left-out-'));
  }

  async teardown() {
    if (this.isLeftOut) {
      rmSync(process.env.TMPDIR, { recursive: true, force: true });
      if (this.before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = this.before;
    }
    await super.teardown();
  }

  handleTestEvent({ name }, { rootDescribeBlock }) {
    if (name === 'run_start' && this.isLeftOut) skipAll(rootDescribeBlock);
  }
}

function skipAll({ children }) {
  for (const child of children) {
    if (child.type === 'describeBlock') skipAll(child);
    else child.mode = 'skip';
  }
}
