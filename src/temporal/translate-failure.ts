import {
  isGrpcDeadlineError,
  isGrpcServiceError,
  QueryNotRegisteredError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { BerthError, type ErrorRecord } from '../errors.js';
import { staleQueryMessage } from '../workflows/messages.js';

/** Translates an error of the server or of a workflow into a BerthError. */
export function translateFailure(error: unknown, name: string): BerthError {
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : error;
  if (cause instanceof ApplicationFailure && cause.details?.[0])
    return BerthError.fromRecord(cause.details[0] as ErrorRecord);
  if (error instanceof WorkflowNotFoundError)
    return new BerthError('NAME_UNKNOWN', `there is no deployment called ${name}`, { name }, { cause: error });
  if (error instanceof WorkflowExecutionAlreadyStartedError)
    return new BerthError('NAME_TAKEN', `there is a deployment called ${name}`, { name }, { cause: error });
  if (error instanceof QueryNotRegisteredError && error.message === staleQueryMessage)
    return new BerthError('WORKER_UNREACHABLE', `no worker answers for ${name} yet`, { name }, { cause: error });
  const isWrapped = error instanceof ServiceError || error instanceof WorkflowUpdateRPCTimeoutOrCancelledError;
  const grpc = isWrapped ? error.cause : error;
  if (isGrpcServiceError(grpc)) return translateServiceError(firstSentence(grpc.details || grpc.message), name, error);
  return BerthError.from(error);
}

const firstSentence = (text: string): string => text.split('. ')[0] ?? text;

/** Parts of the server's messages about a workflow whose worker is gone or unresponsive. */
const workerMissingMessages = ['no poller', 'worker', 'Workflow Task in failed state', 'query buffer'];

function translateServiceError(message: string, name: string, cause: unknown): BerthError {
  const isWorkerMissing = workerMissingMessages.some((text) => message.includes(text));
  if (isWorkerMissing)
    return new BerthError('WORKER_UNREACHABLE', `no worker answers for ${name}: ${message}`, { name }, { cause });
  if (isGrpcDeadlineError(cause))
    return new BerthError('SERVER_UNREACHABLE', 'the Temporal server does not answer', { name }, { cause });
  return new BerthError('SERVER_UNREACHABLE', `the Temporal server failed: ${message}`, { name }, { cause });
}
