export { gatherFacts } from './gather-facts.js';
