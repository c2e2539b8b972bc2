import type { BerthHome } from '../home/home.js';
import { Ledger } from '../workspaces/index.js';
import type { DeploymentServer } from './deployment-server.js';

/** Home, host and server of a reconciliation. It covers only resources of this host. */
export interface ReconciliationContext {
  home: BerthHome;
  host: string;
  server: DeploymentServer;
  /** True to include orphaned revisions of open deployments. */
  includesRevisions?: boolean;
  /** True to treat deployments of another Temporal server, which cannot be queried, as ended. */
  includesOtherServers?: boolean;
}

/**
 * - `open`: the deployment exists and keeps its resources.
 * - `ended`: its server reports that it has ended, so its resources are certainly orphans.
 * - `unclaimed`: no ledger names its server, and this server has no open deployment of that name.
 * - `foreign`: only another host or server can decide; `why` names it.
 */
export type DeploymentClassification =
  | { state: 'open' }
  | { state: 'ended' | 'unclaimed'; why: string }
  | { state: 'foreign'; why: string };

/** Classifies a deployment. Throws the errors of the server: a deployment that cannot be looked up has not ended. */
export async function classifyDeployment(
  { home, host, server, includesOtherServers }: ReconciliationContext,
  name: string,
): Promise<DeploymentClassification> {
  const status = await server.lookUp(name);
  const recordedServer = await new Ledger(home, name).server();
  if (status?.isOpen) {
    if (status.host === null || status.host === host) return { state: 'open' };
    return { state: 'foreign', why: `the deployment ${name} is on host ${status.host}` };
  }
  if (recordedServer !== null && recordedServer !== server.id) {
    const why = 'it was deployed with another Temporal server';
    return includesOtherServers ? { state: 'unclaimed', why } : { state: 'foreign', why };
  }
  const why = status === null ? 'its deployment does not exist' : 'its deployment has ended';
  return { state: recordedServer === null ? 'unclaimed' : 'ended', why };
}
