import type { ConformanceHooks } from 'berth/strategy';

/** Deviations of the server in `conformance/`, which the suite calls. */
export const conformance: ConformanceHooks = {
  deviations: { stopsOnExit: true, reportsMessageOnly: true, writesNull: true },
};
