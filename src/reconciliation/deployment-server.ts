/** What the Temporal server says of a deployment's workflow. */
export interface WorkflowStatus {
  isOpen: boolean;
  /** Host that holds its things; null until one was chosen. */
  host: string | null;
}

/** The server that holds deployments, as a comparison asks it. Whatever it cannot answer, it throws. */
export interface DeploymentServer {
  /** Id of its namespace. */
  id: string;
  /** Null for a name that it knows nothing of. */
  lookUp(name: string): Promise<WorkflowStatus | null>;
  /** Ids of the revisions that an open deployment keeps or makes. */
  listRevisions(name: string): Promise<string[]>;
}
