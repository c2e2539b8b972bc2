import { stripVTControlCharacters } from 'node:util';

/** The first failures once more, in short: of a long log often only the end is at hand. */
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

/** A file that could not even be run counts as one failure; so does a jest that left no report. */
export function summarize(results) {
  if (results === undefined) return '0 passed, 1 failed, 0 skipped';
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  return `${results.numPassedTests} passed, ${failed} failed, ${results.numPendingTests + results.numTodoTests} skipped`;
}
