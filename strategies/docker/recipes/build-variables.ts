import type { Requirements } from '../../../src/environments/index.js';

/** Names of the variables that requirement files mention, each once. */
export const namedVariables = ({ requirements, constraints, options }: Requirements['pip']): string[] => [
  ...new Set(
    [...options, ...requirements, ...constraints].flatMap(({ text }) =>
      [...text.matchAll(/\$\{([A-Z0-9_]+)\}/g)].map(([, name = '']) => name),
    ),
  ),
];

/** Variables for one step of a build: mounted as secrets, which no layer keeps. */
export const mountVariables = (names: string[]): { mounts: string[]; exports: string } => ({
  mounts: names.map((name) => `--mount=type=secret,id=${name},required=true`),
  exports: names.map((name) => `${name}="$(cat /run/secrets/${name})" `).join(''),
});
