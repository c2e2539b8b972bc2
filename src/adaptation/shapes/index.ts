export { chooseCallStyle } from './call-style.js';
export { findCalledMethod } from './called-method.js';
export { hasReadableSignature, type Signature, signatureOf } from './called-signature.js';
export { cogEntryOf, cogPredictor, describeCog } from './cog-shape.js';
export { findEntry } from './find-entry.js';
export { describeFunction } from './function-interface.js';
export { hiddenBySyntax } from './hidden-by-syntax.js';
export { joinFunction } from './join-function.js';
export {
  answerCall,
  asPlainCallable,
  describeLoading,
  loadSoftware,
  type PlainCallable,
} from './loaded-code.js';
export { outputFunction } from './output-function.js';
export { plainShapes } from './plain-shapes.js';
export { findServedEntry, listModuleFiles } from './served-entry.js';
