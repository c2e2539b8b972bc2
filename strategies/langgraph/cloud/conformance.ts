import type { ProviderHooks } from '../../../src/conformance/index.js';
import type { GraphHandle } from '../serving-backend.js';
import { findAddress, openAccount } from './account.js';
import { LangSmithClient } from './lang-smith-client.js';
import { removeDeployment } from './remove-deployment.js';

/** Its software is a deployment of the account, whose servers are LangSmith's affair: they come with a call, and come again. */
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
  /** As somebody does on LangSmith's own pages. */
  async kill(handle) {
    const { cloud } = handle as GraphHandle; // made by the runner's start
    if (cloud !== undefined) await removeDeployment(openClient(), cloud);
  },
  /** A revision's names in the cloud end in something drawn. */
  async listRemaining({ deployment, revision }) {
    const names = await openClient().listNames(`${deployment}-${revision}-`);
    return names.map((name) => `deployment ${name}`);
  },
};

const openClient = (): LangSmithClient => new LangSmithClient(openAccount(findAddress()));
