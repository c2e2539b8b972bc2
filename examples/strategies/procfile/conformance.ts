import type { ConformanceHooks } from 'berth/strategy';

/** The suite serves the solution in `conformance/`; these are the ways of its server. */
export const conformance: ConformanceHooks = {
  deviations: { stopsOnExit: true, reportsMessageOnly: true, writesNull: true },
};
