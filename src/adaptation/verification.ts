import type { VerificationCheck, VerificationCheckName } from '../contract/revision.js';
import { BerthError } from '../errors.js';

export interface CheckOutcome<Value> {
  value: Value;
  /** What was found, in a few words. */
  note: string;
}

/** The checks that a revision has passed so far; the first that fails ends the climb. */
export class Verification {
  readonly checks: VerificationCheck[] = [];

  /** Records the check; its failure is thrown on with what was passed before it. */
  async run<Value>(name: VerificationCheckName, check: () => Promise<CheckOutcome<Value>>): Promise<Value> {
    const begun = performance.now();
    try {
      const { value, note } = await check();
      this.checks.push({ name, passed: true, milliseconds: Math.round(performance.now() - begun), note });
      return value;
    } catch (thrown) {
      throw thrown instanceof BerthError ? this.addTo(thrown, name) : thrown;
    }
  }

  /** A check that only the real endpoint can answer. */
  defer(name: VerificationCheckName): void {
    this.checks.push({ name, passed: true, milliseconds: 0, note: 'left to the endpoint' });
  }

  private addTo(error: BerthError, failed: VerificationCheckName): BerthError {
    const passed = this.checks.map(({ name, note }) => `${name} (${note})`).join(', ') || 'nothing';
    const details = { ...error.details, rung: failed, ladder: `failed: ${failed}; passed before: ${passed}` };
    return new BerthError(error.code, error.message, details, { cause: error });
  }
}
