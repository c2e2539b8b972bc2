export { buildContinuation, buildPrompt, buildRetryPrompt, type PromptInput } from './build-prompt.js';
export { gatherPromptInput, type PromptRequest, previewPrompt } from './preview-prompt.js';
export { type PromptPart, type PromptParts, readPromptParts } from './prompt-parts.js';
