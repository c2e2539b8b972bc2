import { type CloudAccount, requireToken } from '../../../src/runners/cloud/cloud-api.js';
import { addressVariable, tokenVariable } from './environment-variables.js';

/** As BentoML's own command finds it. */
export const findAddress = (): string =>
  (process.env[addressVariable] || 'https://cloud.bentoml.com').replace(/\/+$/, '');

/** CLOUD_REFUSED when this process has no token. */
export const openAccount = (address: string): CloudAccount => ({
  cloud: 'BentoCloud',
  address,
  variable: tokenVariable,
  headers: { 'x-yatai-api-token': requireToken('BentoCloud', tokenVariable) },
  isMissing: ({ status, body }) => status === 400 && body.includes('record not found'),
});

/** What `bentoml push` goes by. */
export const buildPushEnvironment = (address: string, token: string): Record<string, string> => ({
  [tokenVariable]: token,
  [addressVariable]: address,
});
