/** An exception of the code as every strategy tells it: `ValueError: no good`, or its type alone where it says nothing. */
export const formatException = (type: string, message: string): string =>
  message === '' || message === type ? type : `${type}: ${message}`;
