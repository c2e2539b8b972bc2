/** Model when none is configured. */
export const defaultOpenaiModel = 'gpt-5.5';

const publicEndpoint = 'https://api.openai.com/v1';

/** Returns the base URL of the OpenAI protocol, without a trailing slash. */
export const getOpenaiBaseUrl = (variables: Record<string, string | undefined>): string =>
  (variables.OPENAI_BASE_URL || publicEndpoint).replace(/\/+$/, '');
