// npm runs this after installing, and the first `npx berth` in a checkout runs it once more: npx installs the checkout
// into its cache. What is built and current must then stay as it is, also because commands and a worker may be using it.
import { isStale } from './is-stale.mjs';

if (isStale()) await import('./build.mjs');
