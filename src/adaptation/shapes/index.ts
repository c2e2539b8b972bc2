export { chooseCallStyle } from './call-style.js';
export { findCalledMethod } from './called-method.js';
export { predictorClass } from './class-shape.js';
export { cogPredictor } from './cog-shape.js';
export { namedEntry } from './entry-shape.js';
export { findEntry } from './find-entry.js';
export { argumentsFunction, inputsFunction } from './function-shape.js';
export { hiddenBySyntax } from './hidden-by-syntax.js';
export { joinFunction } from './join-function.js';
