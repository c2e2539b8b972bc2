export { chooseCallStyle } from './call-style.js';
export { findCalledMethod } from './called-method.js';
export { getSignature, hasReadableSignature, type Signature } from './called-signature.js';
export { cogPredictor, describeCog, findCogTarget } from './cog-shape.js';
export { findEntry } from './find-entry.js';
export { findHidingSyntaxError } from './find-hiding-syntax-error.js';
export { findServedEntry, listModuleFiles } from './find-served-entry.js';
export { describeFunction } from './function-interface.js';
export {
  describeLoading,
  generateCall,
  generateLoading,
  type PlainCallable,
  toPlainCallable,
} from './generate-loading.js';
export { joinFunction } from './join-function.js';
export { outputFunction } from './output-function.js';
export { plainShapes } from './plain-shapes.js';
