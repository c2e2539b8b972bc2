import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { type Conformance, createSuite } from '../../src/conformance/index.js';

export {
  type Conformance,
  failureOf,
  pythonSolution as conformanceSolution,
  readLines,
} from '../../src/conformance/index.js';

/** The behaviour that every runner shares: each check of the suite as a test. */
export function conformsAsRunner(conformance: Conformance): void {
  for (const { name, begin, checks, end } of createSuite(conformance))
    describe(name, () => {
      beforeAll(begin);
      afterAll(end);
      for (const { name, run, patience } of checks) test(name, run, patience * 1000);
    });
}
