export { readChange } from './changed-files.js';
export { assertUntouched, type Fingerprint, takeFingerprint } from './guard.js';
export { judgeChange } from './judge-change.js';
