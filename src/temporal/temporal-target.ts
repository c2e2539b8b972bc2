import type { ConnectionSettings } from './configured-server.js';

/** The Temporal server to talk to. */
export interface TemporalTarget {
  address: string;
  namespace: string;
  connectionOptions: ConnectionSettings;
  /** Null for a server that is not ours, where nobody says where its Web UI is. */
  webUrl: string | null;
  isEmbedded: boolean;
}
