import type { ReconciliationResult } from './reconcile-host.js';

/** Returns one log line per removal, failure and note. */
export const describeReconciliation = ({ removed, failures, notes }: ReconciliationResult): string[] => [
  ...removed.map(({ kind, name, why }) => `reconcile: removed ${kind} ${name}: ${why}`),
  ...failures.map(({ kind, name, error }) => `reconcile: still there: ${kind} ${name}: ${error}`),
  ...notes.map((note) => `reconcile: ${note}`),
];
