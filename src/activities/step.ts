import { ApplicationFailure, Context } from '@temporalio/activity';
import { truncateMiddle } from '../adaptation/prompt/format-text.js';
import { BerthError, type ErrorDetails } from '../errors.js';
import { serializeAttempts } from './serialize-attempts.js';

/** Temporal, translated for the rooms inside. */
export interface StepContext {
  /** Aborts when the step is cancelled, or the worker shuts down. */
  signal: AbortSignal;
  /** One line of progress: travels with the next heartbeat. */
  onProgress: (line: string) => void;
}

/** Each beat also asks whether the step is cancelled: a cleanup waits for the next one. */
const heartbeatInterval = 1_000;
/** Of steps that wait for days, and of which there may be hundreds. */
export const slowHeartbeatInterval = 3_000;

/** Characters of what a failure says: a deployment records many, and takes them along for as long as it lives. */
const maxMessageLength = 2_000;
const maxTextLength = 40_000;

/**
 * A step of the pipeline as an activity: it heartbeats for as long as it runs, cancellation reaches it as an
 * AbortSignal, and what it throws becomes an ApplicationFailure whose type is the error's code.
 */
export function step<Input, Result>(
  run: (input: Input, context: StepContext) => Promise<Result>,
  describe: (input: Input) => ErrorDetails = () => ({}),
  interval = heartbeatInterval,
): (input: Input) => Promise<Result> {
  return async (input) => {
    const activity = Context.current();
    let progress = '';
    const sendHeartbeat = () => activity.heartbeat({ progress });
    const timer = setInterval(sendHeartbeat, interval);
    const onProgress = (line: string) => {
      progress = line;
      sendHeartbeat();
    };
    sendHeartbeat();
    try {
      return await serializeAttempts(getStepKey(activity), async () => {
        activity.cancellationSignal.throwIfAborted();
        return await run(input, { signal: activity.cancellationSignal, onProgress });
      });
    } catch (thrown) {
      // An aborted subprocess throws an error of its own, which would be recorded as a failure: the signal knows better.
      activity.cancellationSignal.throwIfAborted();
      throw toApplicationFailure(thrown, describe(input));
    } finally {
      clearInterval(timer);
    }
  };
}

const getStepKey = ({ info: { workflowExecution, activityId, activityType } }: Context): string =>
  [workflowExecution?.runId, activityId, activityType].join(' ');

function toApplicationFailure(thrown: unknown, details: ErrorDetails): ApplicationFailure {
  const error = BerthError.from(thrown);
  const message = truncateMiddle(error.message, maxMessageLength);
  const described = new BerthError(error.code, message, truncateTexts({ ...details, ...error.details }));
  const { retryAfterSeconds } = error.details;
  return ApplicationFailure.create({
    message,
    type: error.code,
    nonRetryable: !error.retryable,
    details: [described.toRecord()],
    ...(typeof retryAfterSeconds === 'number' ? { nextRetryDelay: retryAfterSeconds * 1000 } : {}),
    ...(error.code === 'INTERNAL' && thrown instanceof Error ? { cause: thrown } : {}),
  });
}

/** A failure that no record can hold would never be told. */
const truncateTexts = (details: ErrorDetails): ErrorDetails =>
  Object.fromEntries(
    Object.entries(details).map(([key, value]) => [
      key,
      typeof value === 'string' ? truncateMiddle(value, maxTextLength) : value,
    ]),
  );
