import type { AdaptationPreview } from '../adaptation/preview-adaptation.js';
import { quoteShellWord } from '../quote-shell-word.js';

/** Callables and commands that a reader takes in. */
const maxShown = 5;

export interface ExplainedAdaptation {
  path: string;
  strategy: string;
  preview: AdaptationPreview;
}

/** What a deployment to the strategy would call, or what it would have to be told, and how. */
export function explainAdaptation({ path, strategy, preview }: ExplainedAdaptation): string {
  const deploy = `berth deploy ${quoteShellWord(path)} --strategy ${strategy}`;
  switch (preview.kind) {
    case 'recognized':
      return `${strategy} serves it as it is: ${preview.recognition.summary} (${preview.by}).`;
    case 'refused': {
      const { message, details } = preview.error;
      const commands = (details.candidates ?? [])
        .slice(0, maxShown)
        .map((entry) => `  ${deploy} --entry ${quoteShellWord(entry)}`);
      const choice = commands.length === 0 ? [] : ['A coding agent would be asked; or say it yourself:', ...commands];
      return [`${strategy} cannot tell what to call: ${message}`, ...choice].join('\n');
    }
    case 'unrecognized': {
      const { servable } = preview;
      return [
        `No recipe of ${strategy} recognizes what to call: a coding agent would adapt it (berth doctor lists them).`,
        `Or say what to call: ${deploy} --entry ${servable[0] ?? 'MODULE:CALLABLE'}`,
      ].join('\n');
    }
  }
}
