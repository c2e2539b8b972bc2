import type { StopReason } from './agent.js';
import type { Failure } from './run-log.js';

interface FailurePattern {
  reason: StopReason;
  statuses: number[];
  words: RegExp;
}

/** Patterns by precedence, because a text may match several. Overload counts as a rate limit. */
const failurePatterns: FailurePattern[] = [
  {
    reason: 'unauthorized',
    statuses: [401, 403],
    words:
      /(status|code|error)\W{0,4}40[13]\b|unauthori[sz]ed|invalid.api.key|incorrect api key|api key not valid|authentication|PERMISSION_DENIED/i,
  },
  {
    reason: 'rate-limited',
    statuses: [429, 529, 503],
    words:
      /(status|code|error)\W{0,4}(429|529|503)\b|rate.?limit|too many requests|overloaded|resource.?exhausted|quota/i,
  },
  {
    reason: 'unreachable',
    statuses: [500, 502, 504],
    words:
      /ECONNREFUSED|ENOTFOUND|ECONNRESET|EAI_AGAIN|connection.?(refused|error|failed)|unable to connect|fetch failed|error sending request|stream disconnected|internal.?server.?error|bad gateway|(status|code|error)\W{0,4}50[024]\b/i,
  },
];

/** Classifies a failure by the provider's HTTP status if it is known, otherwise by the text of the CLI's error. */
export function classifyFailure(text: string, status?: number | null, retryAfterSeconds?: number | null): Failure {
  const pattern = status
    ? failurePatterns.find(({ statuses }) => statuses.includes(status))
    : failurePatterns.find(({ words }) => words.test(text));
  const reason = pattern?.reason ?? 'failed';
  return { reason, text, retryAfterSeconds: reason === 'rate-limited' ? (retryAfterSeconds ?? null) : null };
}
