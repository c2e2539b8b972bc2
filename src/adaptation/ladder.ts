import type { Rung, RungName } from '../contract/revision.js';
import { BerthError } from '../errors.js';

export interface Step<Value> {
  value: Value;
  /** What was found, in a few words. */
  note: string;
}

/** The checks that a revision has passed so far; the first that fails ends the climb. */
export class Ladder {
  readonly rungs: Rung[] = [];

  /** Records the check; its failure is thrown on with what was passed before it. */
  async climb<Value>(name: RungName, check: () => Promise<Step<Value>>): Promise<Value> {
    const begun = performance.now();
    try {
      const { value, note } = await check();
      this.rungs.push({ name, passed: true, milliseconds: Math.round(performance.now() - begun), note });
      return value;
    } catch (thrown) {
      throw thrown instanceof BerthError ? this.#addTo(thrown, name) : thrown;
    }
  }

  /** A check that only the real endpoint can answer. */
  leave(name: RungName): void {
    this.rungs.push({ name, passed: true, milliseconds: 0, note: 'left to the endpoint' });
  }

  #addTo(error: BerthError, failed: RungName): BerthError {
    const passed = this.rungs.map(({ name, note }) => `${name} (${note})`).join(', ') || 'nothing';
    const details = { ...error.details, rung: failed, ladder: `failed: ${failed}; passed before: ${passed}` };
    return new BerthError(error.code, error.message, details, { cause: error });
  }
}
