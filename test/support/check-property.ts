import fc from 'fast-check';

/** Seed of generated inputs; `BERTH_TEST_SEED` repeats a run. */
const seed = Number(process.env.BERTH_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Maximum runs of a property, and milliseconds after which no further run starts. */
export interface Budget {
  runs: number;
  time: number;
}

/** Checks a property with generated inputs within a budget. Prints the seed, and shrinks failing inputs. */
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
