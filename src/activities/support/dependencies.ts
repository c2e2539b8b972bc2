import type { AdapterAgent } from '../../adaptation/adapter-agent.js';
import type { Environments } from '../../environments/index.js';
import type { BerthHome } from '../../home/home.js';
import type { DeploymentServer } from '../../reconciliation/index.js';
import type { StrategyRegistry } from '../../registry/index.js';
import type { ScheduledDeployments } from '../../scheduling/index.js';
import type { SelectorAgent } from '../../selection/index.js';

/** Objects that the worker creates once and every activity uses. */
export interface Dependencies {
  home: BerthHome;
  /** Stable id of this host; its task queue is named for it. */
  host: string;
  /** Lookup of deployments on the server that the worker polls. */
  deployments: DeploymentServer;
  /** Keeps the schedule of reconciliations alive. */
  renewReconcileSchedule: () => Promise<void>;
  /** Writes one line to the worker's log. */
  log: (line: string) => void;
  registry: StrategyRegistry;
  selector: SelectorAgent;
  adapter: AdapterAgent;
  environments: Environments;
  /** Redeploys and schedules on the server that the worker polls. */
  redeployGateway: ScheduledDeployments;
}
