/** Mounts variables as secrets for one build step. No layer keeps them. */
export const mountSecrets = (names: string[]): { mounts: string[]; exports: string } => ({
  mounts: names.map((name) => `--mount=type=secret,id=${name},required=true`),
  exports: names.map((name) => `${name}="$(cat /run/secrets/${name})" `).join(''),
});
