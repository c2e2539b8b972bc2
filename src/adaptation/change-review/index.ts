export { assertUnchanged, type Fingerprint, takeFingerprint } from './fingerprint.js';
export { readChange } from './read-change.js';
export { reviewChange } from './review-change.js';
