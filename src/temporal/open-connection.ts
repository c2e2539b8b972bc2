import { InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import {
  Connection,
  type ConnectionOptions,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';
import { BerthError } from '../errors.js';
import type { TemporalTarget } from './temporal-target.js';

/** Deadline of a request in milliseconds: longer than the server's long polls of 20 s. */
const requestTimeout = 30_000;
/** Deadline in milliseconds of a query, which a worker answers; the server waits for the worker until just before it. */
const queryTimeout = 12_000;

/** Maximum attempts of a request, within two seconds; the default of ten takes half a minute. */
const maxRequestAttempts = 4;

/**
 * Connects to a server that answers.
 *
 * @throws STACK_FAILED, SERVER_UNREACHABLE when an embedded or a configured server does not answer within ten seconds.
 */
export async function connectToTarget({ address, connectionOptions, isEmbedded }: TemporalTarget): Promise<Connection> {
  return await openConnection(connectionOptions).catch((cause: Error) => {
    if (!isEmbedded)
      throw createUnreachableError('SERVER_UNREACHABLE', `no Temporal server answers at ${address}`, cause);
    const message = 'the embedded Temporal server does not answer; restart it: berth down && berth up';
    throw createUnreachableError('STACK_FAILED', message, cause);
  });
}

const createUnreachableError = (
  code: 'STACK_FAILED' | 'SERVER_UNREACHABLE',
  message: string,
  cause: Error,
): BerthError => new BerthError(code, message, { evidence: cause.message }, { cause });

/** Opens a connection on which every request has a deadline: an unresponsive server causes DEADLINE_EXCEEDED. */
export function openConnection(options: ConnectionOptions): Promise<Connection> {
  const retry = makeGrpcRetryInterceptor(defaultGrpcRetryOptions({ maxAttempts: maxRequestAttempts }));
  return Connection.connect({ ...options, interceptors: [retry, deadlineInterceptor] });
}

const deadlineInterceptor: Interceptor = (options, nextCall) => {
  const isQuery = options.method_definition.path.endsWith('/QueryWorkflow');
  const deadline = options.deadline ?? Date.now() + (isQuery ? queryTimeout : requestTimeout);
  return new InterceptingCall(nextCall({ ...options, deadline }));
};
