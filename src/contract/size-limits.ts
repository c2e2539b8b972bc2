/**
 * Maximum size of the examples of all revisions of a deployment, in bytes of JSON, each list counted once. The input of a
 * workflow run must stay below 2 MB in total, and examples are its only large part.
 */
export const maxExamplesBytes = 1_500_000;
