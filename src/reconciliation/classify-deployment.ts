import type { BerthHome } from '../home/home.js';
import { Ledger } from '../workspaces/index.js';
import type { DeploymentServer } from './deployment-server.js';

/** Who compares: things of this host alone are judged. */
export interface ReconciliationContext {
  home: BerthHome;
  host: string;
  server: DeploymentServer;
  /** Compare the revisions of living deployments, too. */
  includesRevisions?: boolean;
  /** Count what was made under another Temporal server, which cannot be asked, as over. */
  includesOtherServers?: boolean;
}

/**
 * - `open`: it lives, and keeps what is its own.
 * - `over`: its own server says that it is over: what is left of it belongs to nothing, beyond doubt.
 * - `unclaimed`: no ledger says whose it is, and this server knows of no such deployment that is open.
 * - `elsewhere`: somebody else alone can say; `why` says who.
 */
export type DeploymentClassification =
  | { state: 'open' }
  | { state: 'over' | 'unclaimed'; why: string }
  | { state: 'elsewhere'; why: string };

/** Throws what the server throws: a deployment that cannot be looked up is not over. */
export async function classifyDeployment(
  { home, host, server, includesOtherServers }: ReconciliationContext,
  name: string,
): Promise<DeploymentClassification> {
  const [standing, holder] = [await server.lookUp(name), await new Ledger(home, name).server()];
  if (standing?.isOpen) {
    if (standing.host === null || standing.host === host) return { state: 'open' };
    return { state: 'elsewhere', why: `the deployment ${name} lives on host ${standing.host}` };
  }
  if (holder !== null && holder !== server.id) {
    const why = 'it was deployed under another Temporal server';
    return includesOtherServers ? { state: 'unclaimed', why } : { state: 'elsewhere', why };
  }
  const why = standing === null ? 'there is no such deployment' : 'its deployment is over';
  return { state: holder === null ? 'unclaimed' : 'over', why };
}
