// npm runs this after `npm install`, and again at the first `npx berth` in a checkout, which installs the checkout into
// npx's cache. A current build must stay untouched, because commands and a worker may be using it.
import { isStale } from './is-stale.mjs';

if (isStale()) await import('./build.mjs');
