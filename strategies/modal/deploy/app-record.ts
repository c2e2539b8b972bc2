import { StateFile } from '../../../src/runners/state-file.js';

/** App of the revision. Written before the first request to the cloud, so that an undo uses the same account. */
export interface AppRecord {
  /** Name of the app, and of the secret. */
  app: string;
  /** Modal's environment; null, in older records, for the one of Modal's configuration. */
  environment: string | null;
  /** Null until a start has finished. */
  deployed: DeployedVersion | null;
}

export interface DeployedVersion {
  /** Modal's ID of the app, and the number of this deployment of it. */
  id: string;
  version: number;
  /** ISO 8601. */
  at: string;
  /** Its page in Modal's web console. */
  page: string | null;
  /** Address that takes the inputs, for a web endpoint. */
  url?: string;
}

/** Missing when the revision has nothing in the cloud. */
export const appRecord = new StateFile<AppRecord>('cloud.json');
