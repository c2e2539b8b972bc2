import { InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import {
  Connection,
  type ConnectionOptions,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';
import { BerthError } from '../errors.js';
import type { TemporalTarget } from './temporal-target.js';

/** Milliseconds that the server has to answer one request: longer than its own long polls, which it ends after 20 s. */
const requestTimeout = 30_000;
/** Of one that a worker answers: the server waits for that until just before the end. */
const queryTimeout = 12_000;

/** Tries of a request, within two seconds, before one looks whether there is a server at all; ten take half a minute. */
const maxRequestAttempts = 4;

/**
 * A connection to a server that answers. Throws STACK_FAILED for an embedded one that lives and does not, SERVER_UNREACHABLE
 * for one of the user's own, after ten seconds.
 */
export async function connectToTarget({ address, connectionOptions, isEmbedded }: TemporalTarget): Promise<Connection> {
  return await openConnection(connectionOptions).catch((cause: Error) => {
    if (!isEmbedded)
      throw createUnreachableError('SERVER_UNREACHABLE', `no Temporal server answers at ${address}`, cause);
    const message = 'the embedded Temporal server does not answer; end it, and start it anew: berth down && berth up';
    throw createUnreachableError('STACK_FAILED', message, cause);
  });
}

const createUnreachableError = (
  code: 'STACK_FAILED' | 'SERVER_UNREACHABLE',
  message: string,
  cause: Error,
): BerthError => new BerthError(code, message, { evidence: cause.message }, { cause });

/** A connection on which every request ends: DEADLINE_EXCEEDED comes of a server that accepts it and says nothing. */
export function openConnection(options: ConnectionOptions): Promise<Connection> {
  const retry = makeGrpcRetryInterceptor(defaultGrpcRetryOptions({ maxAttempts: maxRequestAttempts }));
  return Connection.connect({ ...options, interceptors: [retry, deadlineInterceptor] });
}

const deadlineInterceptor: Interceptor = (options, nextCall) => {
  const isQuery = options.method_definition.path.endsWith('/QueryWorkflow');
  const deadline = options.deadline ?? Date.now() + (isQuery ? queryTimeout : requestTimeout);
  return new InterceptingCall(nextCall({ ...options, deadline }));
};
