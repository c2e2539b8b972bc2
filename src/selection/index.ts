export { findOpenaiModel, OpenaiModel, type OpenaiModelOptions } from './openai-model.js';
export type { SelectionExchange, SelectionModel, SelectionQuestion, SelectionReply } from './selection-model.js';
export { type SelectOptions, SelectorAgent } from './selector-agent.js';
