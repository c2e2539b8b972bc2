import type { ProviderHooks } from '../../../src/conformance/index.js';
import type { GraphHandle } from '../serving-backend.js';
import { findAddress, openAccount } from './account.js';
import { LangSmithClient } from './lang-smith-client.js';
import { removeDeployment } from './remove-deployment.js';

/** Hooks for software in LangSmith, a deployment. LangSmith starts and replaces its servers on demand. */
export const cloudConformance: ProviderHooks = {
  deviations: {
    replacesNul: true,
    stopsOnExit: true,
    startsOnDemand: true,
    hidesTracebacks: true,
    logsCalls: true,
    servesRemotely: true,
    queueDelay: 1_000,
    ownsMainThread: true,
    startsAbandoned: true,
    applies: ['concurrency'],
  },
  /** Deletes the deployment, as its web console does. */
  async kill(handle) {
    const { cloud } = handle as GraphHandle; // written by `start`
    if (cloud !== undefined) await removeDeployment(openClient(), cloud);
  },
  /** Matches a revision's names in the cloud, which end in a random part. */
  async listRemaining({ deployment, revision }) {
    const names = await openClient().listNames(`${deployment}-${revision}-`);
    return names.map((name) => `deployment ${name}`);
  },
};

const openClient = (): LangSmithClient => new LangSmithClient(openAccount(findAddress()));
