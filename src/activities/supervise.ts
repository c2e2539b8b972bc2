import { Context } from '@temporalio/activity';
import { type SupervisionEvent, type SupervisionInput, superviseRevision } from '../supervision/index.js';
import type { Dependencies } from './support/dependencies.js';

/** Milliseconds; longer than a poll, because hundreds of idle deployments must not load the server with heartbeats. */
const heartbeatInterval = 30_000;

/** Returns only when something happens to the running software, so a quiet deployment adds almost nothing to its history. */
export const supervise =
  ({ registry, home, log }: Dependencies) =>
  async (input: SupervisionInput): Promise<SupervisionEvent> => {
    const { cancellationSignal: signal, heartbeat } = Context.current();
    heartbeat();
    const timer = setInterval(heartbeat, heartbeatInterval);
    try {
      return await superviseRevision(input, { registry, home, log, signal });
    } finally {
      clearInterval(timer);
    }
  };
