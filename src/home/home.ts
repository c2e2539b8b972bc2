import { join, resolve } from 'node:path';
import envPaths from 'env-paths';

/** Where everything that Berth writes lies. Nothing is ever written anywhere else, and never into the user's repository. */
export interface BerthHome {
  root: string;
  environments: string;
  locks: string;
  snapshots: string;
  strategies: string;
  ledger: string;
  /** What became of deployments that are cleaned up. */
  records: string;
  stack: string;
  logs: string;
  bin: string;
  deployments: string;
  /** In which clouds this home has ever made something. */
  clouds: string;
}

/** `$BERTH_HOME`, or the platform's data directory. Not cached: tests and plugins change the environment. */
export function berthHome(root = process.env.BERTH_HOME || envPaths('berth', { suffix: '' }).data): BerthHome {
  const home = resolve(root);
  return {
    root: home,
    environments: join(home, 'envs'),
    locks: join(home, 'locks'),
    snapshots: join(home, 'snapshots'),
    strategies: join(home, 'strategies'),
    ledger: join(home, 'ledger'),
    records: join(home, 'records'),
    stack: join(home, 'stack'),
    logs: join(home, 'logs'),
    bin: join(home, 'bin'),
    deployments: join(home, 'deployments'),
    clouds: join(home, 'clouds'),
  };
}

export interface DeploymentDirectory {
  root: string;
  workspace: string;
  revisions: string;
  /** What outlives a revision. */
  shared: string;
  /** Agents' own homes, and the rounds' records. */
  agent: string;
  logs: string;
  /** What agents do, as JSON lines. */
  agentLog: string;
  /** The active revision's handle: all that `berth run` reads. */
  handle: string;
}

export function deploymentDirectory(home: Pick<BerthHome, 'deployments'>, name: string): DeploymentDirectory {
  const root = join(home.deployments, name);
  return {
    root,
    workspace: join(root, 'workspace'),
    revisions: join(root, 'revisions'),
    shared: join(root, 'shared'),
    agent: join(root, 'agent'),
    logs: join(root, 'logs'),
    agentLog: join(root, 'logs', 'agent.jsonl'),
    handle: join(root, 'handle.json'),
  };
}

export interface RevisionDirectory {
  root: string;
  /** The adapted code, read only. */
  code: string;
  /** The runner's scratch. */
  state: string;
  /** The frozen contract: fixed before the revision is first called. */
  contract: string;
  /** The repository's own package, where it is one, installed for this revision alone. */
  packages: string;
  /** The software's prints. */
  log: string;
  /** What it printed while it was verified. */
  trialLog: string;
}

export function revisionDirectory(
  home: Pick<BerthHome, 'deployments'>,
  name: string,
  revision: string,
): RevisionDirectory {
  const deployment = deploymentDirectory(home, name);
  const root = join(deployment.revisions, revision);
  return {
    root,
    code: join(root, 'code'),
    state: join(root, 'state'),
    contract: join(root, 'contract.json'),
    packages: join(root, 'packages'),
    log: join(deployment.logs, `${revision}.log`),
    trialLog: join(deployment.logs, `${revision}.trial.log`),
  };
}
