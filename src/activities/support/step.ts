import { ApplicationFailure, Context } from '@temporalio/activity';
import { truncateMiddle } from '../../adaptation/prompt/format-text.js';
import { BerthError, type ErrorDetails } from '../../errors.js';
import { serializeAttempts } from './serialize-attempts.js';

/** Temporal's context of an activity, in terms of plain Node. */
export interface StepContext {
  /** Aborts when the step is cancelled, or the worker shuts down. */
  signal: AbortSignal;
  /** Reports one line of progress with a heartbeat. */
  onProgress: (line: string) => void;
}

/** Milliseconds. A cancellation arrives with the next heartbeat, so a cleanup waits for that. */
const heartbeatInterval = 1_000;
/** Milliseconds, for the hundreds of steps that may each wait for days. */
export const slowHeartbeatInterval = 3_000;

/** Characters of a failure's message, and of each text in its details: a deployment keeps many of them. */
const maxMessageLength = 2_000;
const maxTextLength = 40_000;

/**
 * Wraps a plain function as an activity: sends heartbeats while it runs, converts cancellation to an AbortSignal, and
 * converts errors to an ApplicationFailure whose type is the error's code.
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
      // An aborted subprocess throws its own error, which must not hide the cancellation.
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

/** Keeps the failure small enough for the server to accept it. */
const truncateTexts = (details: ErrorDetails): ErrorDetails =>
  Object.fromEntries(
    Object.entries(details).map(([key, value]) => [
      key,
      typeof value === 'string' ? truncateMiddle(value, maxTextLength) : value,
    ]),
  );
