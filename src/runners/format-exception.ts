/** Formats an exception of the user's code: `ValueError: no good`, or only its type if it has no message. */
export const formatException = (type: string, message: string): string =>
  message === '' || message === type ? type : `${type}: ${message}`;
