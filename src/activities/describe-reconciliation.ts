import type { ReconciliationResult } from '../reconciliation/index.js';

/** What a reconciliation did, a line for each thing; nothing when there was nothing to do. */
export const describeReconciliation = ({ removed, failures, notes }: ReconciliationResult): string[] => [
  ...removed.map(({ kind, name, why }) => `reconcile: removed ${kind} ${name}: ${why}`),
  ...failures.map(({ kind, name, error }) => `reconcile: still there: ${kind} ${name}: ${error}`),
  ...notes.map((note) => `reconcile: ${note}`),
];
