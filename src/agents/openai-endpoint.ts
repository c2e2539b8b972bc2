/** What is asked for where nobody names a model. */
export const defaultOpenaiModel = 'gpt-5.5';

const publicEndpoint = 'https://api.openai.com/v1';

/** Base of the OpenAI protocol's paths, without a slash at its end. */
export const getOpenaiBaseUrl = (variables: Record<string, string | undefined>): string =>
  (variables.OPENAI_BASE_URL || publicEndpoint).replace(/\/+$/, '');
