/** Status of a deployment's workflow on the Temporal server. */
export interface WorkflowStatus {
  isOpen: boolean;
  /** Host of its resources; null until one is chosen. */
  host: string | null;
}

/** Queries to the Temporal server that holds deployments. They throw if the server does not answer. */
export interface DeploymentServer {
  /** Id of its namespace. */
  id: string;
  /** Returns null for an unknown name. */
  lookUp(name: string): Promise<WorkflowStatus | null>;
  /** Returns the ids of the revisions that an open deployment keeps or creates. */
  listRevisions(name: string): Promise<string[]>;
}
