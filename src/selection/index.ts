export { gatherFacts } from './gather-facts.js';
export type { SelectionAnswer, SelectionModel, SelectionQuestion } from './selection-model.js';
export { SelectorAgent } from './selector-agent.js';
