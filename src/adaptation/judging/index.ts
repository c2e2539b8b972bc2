export { readChange } from './changed-files.js';
export { assertUnchanged, type Fingerprint, takeFingerprint } from './guard.js';
export { reviewChange } from './judge-change.js';
