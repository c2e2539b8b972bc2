/** An exception of the code as every strategy tells it: `ValueError: no good`, or its type alone where it says nothing. */
export const describeRaised = (type: string, words: string): string =>
  words === '' || words === type ? type : `${type}: ${words}`;
