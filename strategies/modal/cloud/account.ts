import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'smol-toml';

/** Remedy for a missing or refused account. The SDK reads its file once, when it is loaded. */
export const tokenRemedy =
  'make a token at https://modal.com/settings/tokens and set MODAL_TOKEN_ID and MODAL_TOKEN_SECRET where the worker runs, or run there: modal token new; then, either way: berth down && berth up';

/** Matches the variables from which Modal's own tools take account and address. */
const accountVariablePattern =
  /^MODAL_(TOKEN_(ID|SECRET)|OAUTH_\w+|PROFILE|CONFIG_PATH|SERVER_URL|ENVIRONMENT|IMAGE_BUILDER_VERSION)$/;

/** Picks the worker's variables that Modal's command line needs. The software gets none of them. */
export const pickAccountVariables = (accountEnv: NodeJS.ProcessEnv = process.env): Record<string, string> =>
  Object.fromEntries(
    Object.entries(accountEnv).filter(
      (entry): entry is [string, string] => accountVariablePattern.test(entry[0]) && entry[1] !== undefined,
    ),
  );

/** Says where the credentials come from; undefined when there are none. */
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

/** Reads profiles. Returns none for a file that is missing or not TOML: Modal's own tools report the problem. */
async function readProfiles(file: string): Promise<Record<string, Record<string, unknown>>> {
  try {
    return parse(await readFile(file, 'utf8')) as Record<string, Record<string, unknown>>; // checked key by key
  } catch {
    return {};
  }
}
