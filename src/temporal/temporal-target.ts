import type { NativeConnectionOptions } from '@temporalio/worker';

/** Options that `Connection.connect` and `NativeConnection.connect` both accept. */
export type ConnectionSettings = Pick<NativeConnectionOptions, 'address' | 'tls' | 'apiKey' | 'metadata'>;

/** The Temporal server to connect to. */
export interface TemporalTarget {
  address: string;
  namespace: string;
  connectionOptions: ConnectionSettings;
  /** Address of the Web UI; null for a configured server whose Web UI is unknown. */
  webUrl: string | null;
  isEmbedded: boolean;
}
