import type { DeployConfig } from '../../contract/deploy-config.js';
import { BerthError, type ErrorDetails } from '../../errors.js';
import { listSecrets, redact, resolveEnvironment } from '../../secrets/index.js';
import type { Dependencies } from './dependencies.js';

/**
 * Removes the values of secret variables from errors. Errors quote the output of the software, and reach the history and
 * coding agents.
 */
export const withRedactedSecrets =
  <Input extends { config: Pick<DeployConfig, 'env'> }, Context, Result>(
    { home }: Pick<Dependencies, 'home'>,
    run: (input: Input, context: Context) => Promise<Result>,
  ) =>
  async (input: Input, context: Context): Promise<Result> => {
    try {
      return await run(input, context);
    } catch (thrown) {
      // Secrets that cannot be opened never reached the software.
      const env = await resolveEnvironment(home, input.config.env).catch(() => ({}));
      throw redactError(thrown, listSecrets(env));
    }
  };

function redactError(thrown: unknown, values: string[]): unknown {
  if (values.length === 0) return thrown;
  const { code, message, details } = BerthError.from(thrown);
  const redacted = redactDetails(details, values);
  const isSafe = redact(message, values) === message && JSON.stringify(redacted) === JSON.stringify(details);
  return isSafe ? thrown : new BerthError(code, redact(message, values), redacted);
}

const redactDetails = (details: ErrorDetails, values: string[]): ErrorDetails =>
  Object.fromEntries(
    Object.entries(details).map(([key, value]) => [key, typeof value === 'string' ? redact(value, values) : value]),
  );
