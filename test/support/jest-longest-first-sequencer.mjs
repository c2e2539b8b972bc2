import Sequencer from '@jest/test-sequencer';

/** Parts of the paths of test files that take minutes. */
const longest = [
  'workflows/kill',
  'conformance',
  'agents/opencode',
  'agents/aider',
  'test/package',
  'workflows/absent-host',
  'workflows/awkward-moments',
  'stack/background-worker',
  'end-to-end/',
];

/** Starts the longest test files first, so that a run does not wait for one of them at its end. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((left, right) => rank(left) - rank(right));
  }
}

function rank({ path }) {
  const found = longest.findIndex((part) => path.includes(part));
  return found === -1 ? longest.length : found;
}
