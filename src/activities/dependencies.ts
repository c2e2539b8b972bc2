import type { AdapterAgent } from '../adaptation/adapter-agent.js';
import type { Environments } from '../environments/index.js';
import type { BerthHome } from '../home/home.js';
import type { DeploymentServer } from '../reconciliation/index.js';
import type { StrategyRegistry } from '../registry/index.js';
import type { ScheduledDeployments } from '../scheduling/index.js';
import type { SelectorAgent } from '../selection/index.js';

/** What the worker builds once and every step uses. */
export interface Dependencies {
  home: BerthHome;
  /** Stable id of this machine; names its task queue. */
  host: string;
  /** The server that the worker polls. */
  deployments: DeploymentServer;
  /** Keeps the schedule of reconciliations alive. */
  renewReconcileSchedule: () => Promise<void>;
  /** One line to the worker's log. */
  log: (line: string) => void;
  registry: StrategyRegistry;
  selector: SelectorAgent;
  adapter: AdapterAgent;
  environments: Environments;
  /** The deployments of the server that the worker polls, and their schedules. */
  redeployGateway: ScheduledDeployments;
}
