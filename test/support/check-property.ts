import fc from 'fast-check';

/** `BERTH_TEST_SEED` repeats a run. */
const seed = Number(process.env.BERTH_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Runs of one property, and milliseconds after which no further one begins. */
export interface Budget {
  runs: number;
  time: number;
}

/** Holds a property against generated inputs, within a budget, and prints its seed; what fails is made small. */
export async function checkProperty(
  name: string,
  { runs, time }: Budget,
  property: fc.IAsyncProperty<unknown> | fc.IAsyncPropertyWithHooks<unknown>,
): Promise<void> {
  process.stderr.write(`property “${name}”: ${runs} runs at most, BERTH_TEST_SEED=${seed}\n`);
  await fc.assert(property, {
    seed,
    numRuns: runs,
    interruptAfterTimeLimit: time,
    markInterruptAsFailure: false,
    endOnFailure: false,
  });
}
