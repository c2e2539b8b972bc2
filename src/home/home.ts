import { join, resolve } from 'node:path';
import envPaths from 'env-paths';

/** Paths of all files that Berth writes. It writes nowhere else, and never into the user's repository. */
export interface BerthHome {
  root: string;
  environments: string;
  locks: string;
  snapshots: string;
  strategies: string;
  ledger: string;
  /** Final status of deployments that are cleaned up. */
  records: string;
  stack: string;
  logs: string;
  bin: string;
  deployments: string;
  /** Clouds in which this home has created resources at any time. */
  clouds: string;
}

/** Returns the paths in `$BERTH_HOME` or the platform's data directory. Not cached: tests change the environment. */
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
  /** State that outlives a revision. */
  shared: string;
  /** Home directories of coding agents, and the records of rounds. */
  agent: string;
  logs: string;
  /** Actions of coding agents, as JSON lines. */
  agentLog: string;
  /** Handle of the active revision, the only file that `berth run` reads. */
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
  /** Adapted code, read-only. */
  code: string;
  /** Working files of the runner. */
  state: string;
  /** Contract, frozen before the first call to the revision. */
  contract: string;
  /** The repository installed as a package, if it is one, for this revision only. */
  packages: string;
  /** Output of the software. */
  log: string;
  /** Output of the software during verification. */
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
