import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'smol-toml';

/** For a person who has no account configured, or one that is refused. The SDK reads its file once, when it is loaded. */
export const tokenRemedy =
  'make a token at https://modal.com/settings/tokens and set MODAL_TOKEN_ID and MODAL_TOKEN_SECRET where the worker runs, or run there: modal token new; then, either way: berth down && berth up';

/** What Modal's own tools read to know whose account it is, and where. */
const accountVariablePattern =
  /^MODAL_(TOKEN_(ID|SECRET)|OAUTH_\w+|PROFILE|CONFIG_PATH|SERVER_URL|ENVIRONMENT|IMAGE_BUILDER_VERSION)$/;

/** Of the worker's environment what Modal's command line needs, and nothing that the software is given. */
export const pickAccountVariables = (accountEnv: NodeJS.ProcessEnv = process.env): Record<string, string> =>
  Object.fromEntries(
    Object.entries(accountEnv).filter(
      (entry): entry is [string, string] => accountVariablePattern.test(entry[0]) && entry[1] !== undefined,
    ),
  );

/** Where the credentials come from; undefined when there are none. */
export async function findAccount(accountEnv: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  if (accountEnv.MODAL_TOKEN_ID && accountEnv.MODAL_TOKEN_SECRET) return 'MODAL_TOKEN_ID';
  if (accountEnv.MODAL_OAUTH_REFRESH_TOKEN && accountEnv.MODAL_OAUTH_CLIENT_ID) return 'MODAL_OAUTH_REFRESH_TOKEN';
  const file = configFile(accountEnv);
  const profiles = Object.entries(await readProfiles(file));
  const wanted = profiles.find(([name, { active }]) =>
    accountEnv.MODAL_PROFILE ? name === accountEnv.MODAL_PROFILE : active === true,
  );
  if (wanted === undefined) return undefined;
  const [name, { token_id: token, oauth_refresh_token: refresh }] = wanted;
  return token || refresh ? `profile ${name} of ${file}` : undefined;
}

export const configFile = (accountEnv: NodeJS.ProcessEnv = process.env): string =>
  accountEnv.MODAL_CONFIG_PATH || join(homedir(), '.modal.toml');

/** None for a file that is not there or is no TOML: Modal's own tools then say what is wrong. */
async function readProfiles(file: string): Promise<Record<string, Record<string, unknown>>> {
  try {
    return parse(await readFile(file, 'utf8')) as Record<string, Record<string, unknown>>; // looked at with care
  } catch {
    return {};
  }
}
