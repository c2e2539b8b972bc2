import { type CloudAccount, requireToken } from '../../../src/runners/cloud/cloud-api.js';
import { addressVariable, tokenVariable } from './environment-variables.js';

/** Finds the API's address as BentoML's own command does. */
export const findAddress = (): string =>
  (process.env[addressVariable] || 'https://cloud.bentoml.com').replace(/\/+$/, '');

/** @throws CLOUD_REFUSED when this process has no token. */
export const openAccount = (address: string): CloudAccount => ({
  cloud: 'BentoCloud',
  address,
  variable: tokenVariable,
  headers: { 'x-yatai-api-token': requireToken('BentoCloud', tokenVariable) },
  isMissing: ({ status, body }) => status === 400 && body.includes('record not found'),
});

/** Builds the variables that `bentoml push` reads. */
export const buildPushEnvironment = (address: string, token: string): Record<string, string> => ({
  [tokenVariable]: token,
  [addressVariable]: address,
});
