import { type CloudAccount, requireToken } from '../../../src/runners/cloud/cloud-api.js';
import { addressVariable, keyVariable } from './environment-variables.js';

/** Finds the API's address as LangGraph's own command does. */
export const findAddress = (): string =>
  (process.env[addressVariable] || 'https://api.host.langchain.com').replace(/\/+$/, '');

/**
 * Opens the account. A key of several workspaces needs LANGSMITH_TENANT_ID, too.
 *
 * @throws CLOUD_REFUSED when this process has no key.
 */
export function openAccount(address: string): CloudAccount {
  const tenant = process.env.LANGSMITH_TENANT_ID;
  const key = { 'x-api-key': requireToken('LangSmith', keyVariable) };
  const headers = { ...key, ...(tenant && { 'x-tenant-id': tenant }) };
  return { cloud: 'LangSmith', address, variable: keyVariable, headers };
}
