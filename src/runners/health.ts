import type { Health } from './runner.js';

export const ready = (detail: string): Health => ({ isHealthy: true, state: 'ready', detail });
export const starting = (detail: string): Health => ({ isHealthy: false, state: 'starting', detail });
export const unresponsive = (detail: string): Health => ({ isHealthy: false, state: 'unresponsive', detail });
export const unknown = (detail: string): Health => ({ isHealthy: false, state: 'unknown', detail });
export const gone = (detail: string): Health => ({ isHealthy: false, state: 'gone', detail });

/** The health of a runner that was neither started nor attached. */
export const neverStarted: Health = gone('it was not started');
