export { buildContinuation, buildPrompt, buildQuestion, type PromptInput } from './build-prompt.js';
export { type PromptPart, type PromptParts, readPromptParts } from './prompt-parts.js';
export { gatherPromptInput, type PromptRequest, showPrompt } from './show-prompt.js';
