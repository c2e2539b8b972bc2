export { type SupervisionInput, superviseRevision } from './supervise-revision.js';
export type { Bake, HealthFailure, SupervisionEvent } from './supervision-event.js';
