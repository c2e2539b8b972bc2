import { extname } from 'node:path/posix';

const modelFiles = new Set([
  '.pt',
  '.pth',
  '.ckpt',
  '.safetensors',
  '.onnx',
  '.gguf',
  '.ggml',
  '.tflite',
  '.pb',
  '.h5',
  '.keras',
  '.pkl',
  '.joblib',
  '.mlmodel',
  '.engine',
]);

/** Packages that load models. */
const modelLibraries = new Set([
  'torch',
  'tensorflow',
  'keras',
  'jax',
  'onnxruntime',
  'onnxruntime-gpu',
  'transformers',
  'diffusers',
  'sentence-transformers',
  'vllm',
  'llama-cpp-python',
  'ctransformers',
  'ultralytics',
  'timm',
  'open-clip-torch',
  'scikit-learn',
  'xgboost',
  'lightgbm',
  'catboost',
  'spacy',
  'faster-whisper',
  'openai-whisper',
  'paddlepaddle',
]);

/** Packages that require a GPU. */
const gpuLibraries = new Set([
  'vllm',
  'flash-attn',
  'bitsandbytes',
  'xformers',
  'deepspeed',
  'tensorrt',
  'tensorrt-llm',
  'auto-gptq',
  'onnxruntime-gpu',
  'tensorflow-gpu',
  'faiss-gpu',
  'cupy',
  'exllamav2',
  'triton',
]);

export const isModelFile = (path: string): boolean => modelFiles.has(extname(path).toLowerCase());

export const isModelLibrary = (name: string): boolean => modelLibraries.has(name);

export const isGpuLibrary = (name: string): boolean =>
  gpuLibraries.has(name) || name.startsWith('nvidia-') || name.startsWith('cupy-cuda');
