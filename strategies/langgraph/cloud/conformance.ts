import type { ProviderHooks } from '../../../src/conformance/index.js';
import type { GraphHandle } from '../place.js';
import { findAddress, openAccount } from './account.js';
import { removeDeployment } from './end-deployment.js';
import { LangSmith } from './lang-smith.js';

/** Its software is a deployment of the account, whose servers are LangSmith's affair: they come with a call, and come again. */
export const cloudConformance: ProviderHooks = {
  manner: {
    replacesNul: true,
    endsOnExit: true,
    startsOnDemand: true,
    hidesTracebacks: true,
    logsCalls: true,
    servesElsewhere: true,
    queue: 1_000,
    keepsMainThread: true,
    beginsAbandoned: true,
    applies: ['concurrency'],
  },
  /** As somebody does on LangSmith's own pages. */
  async kill(handle) {
    const { cloud } = handle as GraphHandle; // made by the runner's start
    if (cloud !== undefined) await removeDeployment(openCloud(), cloud);
  },
  /** A revision's names in the cloud end in something drawn. */
  async listRemains({ deployment, revision }) {
    const names = await openCloud().listNames(`${deployment}-${revision}-`);
    return names.map((name) => `deployment ${name}`);
  },
};

const openCloud = (): LangSmith => new LangSmith(openAccount(findAddress()));
