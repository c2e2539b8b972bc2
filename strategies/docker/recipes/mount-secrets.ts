/** Variables for one step of a build: mounted as secrets, which no layer keeps. */
export const mountSecrets = (names: string[]): { mounts: string[]; exports: string } => ({
  mounts: names.map((name) => `--mount=type=secret,id=${name},required=true`),
  exports: names.map((name) => `${name}="$(cat /run/secrets/${name})" `).join(''),
});
