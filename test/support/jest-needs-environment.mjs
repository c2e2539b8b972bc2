import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestEnvironment } from 'jest-environment-node';

/**
 * Skips the tests of a file that declares a need (`@needs NAME …` in its first comment) which scripts/test.mjs found unmet.
 * The file is loaded all the same, so what uses the needed thing belongs into hooks and tests.
 */
export default class NeedsEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    const declared = [context.docblockPragmas.needs ?? []].flat().flatMap((line) => line.split(/\s+/));
    const unmet = (process.env.BERTH_TEST_UNMET ?? '').split(' ');
    this.isLeftOut = declared.some((name) => unmet.includes(name));
  }

  /** Its hooks are not run, so what it makes while it is loaded is removed here. */
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
