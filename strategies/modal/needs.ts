import type { Need } from '../../src/registry/need.js';
import { configFile, findAccount, tokenRemedy } from './cloud/account.js';

/** Needs an account to bill. Modal's command line comes with the revision's environment. */
export async function findNeeds(): Promise<Need[]> {
  const account = await findAccount();
  if (account !== undefined) return [{ name: 'Modal token', isMet: true, detail: account, remedy: null }];
  const detail = `neither MODAL_TOKEN_ID and MODAL_TOKEN_SECRET are set, nor has ${configFile()} an active profile`;
  return [{ name: 'Modal token', isMet: false, detail, remedy: tokenRemedy }];
}
