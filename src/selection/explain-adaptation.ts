import type { AdaptationPreview } from '../adaptation/preview-adaptation.js';
import { quoteShellWord } from '../quote-shell-word.js';

/** Maximum number of commands shown. */
const maxShown = 5;

export interface ExplainedAdaptation {
  path: string;
  strategy: string;
  preview: AdaptationPreview;
}

/** Explains what a deployment with the strategy would call, or how the user can name it. */
export function explainAdaptation({ path, strategy, preview }: ExplainedAdaptation): string {
  const deploy = `berth deploy ${quoteShellWord(path)} --strategy ${strategy}`;
  const listCommands = (entries: readonly string[]) =>
    entries.slice(0, maxShown).map((entry) => `  ${deploy} --entry ${quoteShellWord(entry)}`);
  switch (preview.kind) {
    case 'recognized':
      return `${strategy} serves it as is: ${preview.recognition.summary} (${preview.by}).`;
    case 'unclear': {
      const { message, details } = preview.error;
      const commands = listCommands(details.candidates ?? []);
      const choice =
        commands.length === 0 ? [] : ['A coding agent would choose one; or name it yourself:', ...commands];
      return [`${strategy} cannot tell what to call: ${message}`, ...choice].join('\n');
    }
    case 'refused': {
      const commands = listCommands(preview.servable);
      const choice = commands.length === 0 ? [] : ['These commands deploy it:', ...commands];
      return [`${strategy} refuses to deploy it: ${preview.error.message}`, ...choice].join('\n');
    }
    case 'unrecognized':
      return [
        `No recipe of ${strategy} recognizes what to call: a coding agent would adapt it (berth doctor lists them).`,
        `Or name what to call: ${deploy} --entry ${preview.servable[0] ?? 'MODULE:CALLABLE'}`,
      ].join('\n');
  }
}
