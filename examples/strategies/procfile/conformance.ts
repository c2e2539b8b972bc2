import type { ConformanceHooks } from 'berth/strategy';

/** The suite serves the solution in `conformance/`; these are the ways of its server. */
export const conformance: ConformanceHooks = {
  manner: { endsOnExit: true, tellsMessageOnly: true, writesNull: true },
};
