/**
 * Bytes of JSON. What a run of a workflow is given must stay below 2 MB as a whole, and examples are its only large part:
 * those of a deployment's revisions together, each list counted once.
 */
export const maxExamplesBytes = 1_500_000;
