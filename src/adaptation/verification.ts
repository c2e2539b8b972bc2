import type { VerificationCheck, VerificationCheckName } from '../contract/revision.js';
import { BerthError } from '../errors.js';

export interface CheckOutcome<Value> {
  value: Value;
  /** Short description of the result. */
  note: string;
}

/** The verification of a revision: a sequence of checks that the first failure ends. */
export class Verification {
  readonly checks: VerificationCheck[] = [];

  /** Runs a check and records it. An error of the check is rethrown with the checks passed before it. */
  async run<Value>(name: VerificationCheckName, check: () => Promise<CheckOutcome<Value>>): Promise<Value> {
    const start = performance.now();
    try {
      const { value, note } = await check();
      this.checks.push({ name, passed: true, milliseconds: Math.round(performance.now() - start), note });
      return value;
    } catch (error) {
      throw error instanceof BerthError ? this.addProgress(error, name) : error;
    }
  }

  /** Records a check that only the real endpoint can perform. */
  defer(name: VerificationCheckName): void {
    this.checks.push({ name, passed: true, milliseconds: 0, note: 'checked at the endpoint' });
  }

  private addProgress(error: BerthError, failed: VerificationCheckName): BerthError {
    const passed = this.checks.map(({ name, note }) => `${name} (${note})`).join(', ') || 'nothing';
    const details = { ...error.details, check: failed, checks: `failed: ${failed}; passed before: ${passed}` };
    return new BerthError(error.code, error.message, details, { cause: error });
  }
}
