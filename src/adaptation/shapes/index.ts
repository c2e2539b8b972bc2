export { chooseCallStyle } from './call-style.js';
export { findCalledMethod } from './called-method.js';
export { type Signature, signatureOf } from './called-signature.js';
export { answerCogCall, loadCogPredictor } from './cog-code.js';
export { cogPredictor } from './cog-shape.js';
export { findEntry } from './find-entry.js';
export { hiddenBySyntax } from './hidden-by-syntax.js';
export { joinFunction } from './join-function.js';
export { plainShapes } from './plain-shapes.js';
