import { stripVTControlCharacters } from 'node:util';

/** Repeats the first failures in short at the end of a long log. */
export function listFailures(results) {
  const tests = results?.testResults.flatMap(({ assertionResults }) => assertionResults) ?? [];
  const failed = tests.filter(({ status }) => status === 'failed').slice(0, 5);
  return failed.map(({ fullName, failureMessages: [message = ''] }) => {
    const lines = stripVTControlCharacters(message)
      .split('\n')
      .filter((line) => !/^\s*$|^\s+at /.test(line));
    return ['', `FAILED ${fullName}`, ...lines.slice(0, 12).map((line) => `  ${line}`)].join('\n');
  });
}

/** Summarizes the results; counts a file that did not run, or a missing report, as one failure. */
export function summarize(results) {
  if (results === undefined) return '0 passed, 1 failed, 0 skipped';
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  return `${results.numPassedTests} passed, ${failed} failed, ${results.numPendingTests + results.numTodoTests} skipped`;
}
