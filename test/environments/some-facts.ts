import type { Facts } from '../../src/contract/facts.js';

/** Returns empty facts with a test's changes. */
export const someFacts = (facts: Partial<Facts> = {}): Facts => ({
  size: { files: 0, bytes: 0 },
  languages: {},
  manifests: [],
  dependencies: [],
  python: null,
  pythons: [],
  entryPoints: [],
  documentedCalls: [],
  frameworks: [],
  models: [],
  gpu: [],
  syntaxErrors: [],
  imports: {},
  images: [],
  cog: null,
  exposes: [],
  readme: null,
  notes: [],
  tags: [],
  ...facts,
});
