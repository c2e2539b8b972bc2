import { StateFile } from '../../../src/runners/state-file.js';

/** Where the revision is in the cloud: written before anything is made there, so that an undo asks the same place. */
export interface AppRecord {
  /** Name of the app, and of the secret. */
  app: string;
  /** Modal's environment; null, in older notes, is the one that Modal's configuration names. */
  environment: string | null;
  /** Null as long as no start has come to its end. */
  deployed: DeployedVersion | null;
}

export interface DeployedVersion {
  /** Modal's id of the app, and which of its deployments this is. */
  id: string;
  version: number;
  /** ISO 8601. */
  at: string;
  /** Modal's page of it. */
  page: string | null;
  /** Of a web endpoint: where the inputs are sent. */
  url?: string;
}

/** Missing when nothing of the revision is in the cloud. */
export const appRecord = new StateFile<AppRecord>('cloud.json');
