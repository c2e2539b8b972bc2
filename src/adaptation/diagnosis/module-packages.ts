/** Packages of modules with a different name, and of modules that could be mistaken for another package. */
const packages: Record<string, string> = {
  ...{ cv2: 'opencv-python-headless', PIL: 'pillow', sklearn: 'scikit-learn', skimage: 'scikit-image', yaml: 'pyyaml' },
  ...{ bs4: 'beautifulsoup4', dotenv: 'python-dotenv', dateutil: 'python-dateutil', docx: 'python-docx' },
  ...{ pptx: 'python-pptx', magic: 'python-magic', jose: 'python-jose', multipart: 'python-multipart' },
  ...{ Crypto: 'pycryptodome', OpenSSL: 'pyopenssl', jwt: 'pyjwt', serial: 'pyserial', usb: 'pyusb', zmq: 'pyzmq' },
  ...{ fitz: 'pymupdf', pymupdf4llm: 'pymupdf4llm', attr: 'attrs', faiss: 'faiss-cpu', umap: 'umap-learn' },
  ...{ whisper: 'openai-whisper', llama_cpp: 'llama-cpp-python', sentence_transformers: 'sentence-transformers' },
  ...{ pytorch_lightning: 'pytorch-lightning', lightning: 'lightning', torchaudio: 'torchaudio', timm: 'timm' },
  ...{ segment_anything: 'segment-anything', open_clip: 'open-clip-torch', clip: 'clip-anytorch', TTS: 'coqui-tts' },
  ...{ git: 'gitpython', github: 'pygithub', slack_sdk: 'slack-sdk', telegram: 'python-telegram-bot', lxml: 'lxml' },
  ...{ psycopg2: 'psycopg2-binary', MySQLdb: 'mysqlclient', pymysql: 'pymysql', bson: 'pymongo', ldap: 'python-ldap' },
  ...{
    google: 'google-api-python-client',
    googleapiclient: 'google-api-python-client',
    apiclient: 'google-api-python-client',
  },
  ...{ 'google.generativeai': 'google-generativeai', 'google.genai': 'google-genai', 'google.auth': 'google-auth' },
  ...{ 'google.protobuf': 'protobuf', 'google.cloud.storage': 'google-cloud-storage', grpc: 'grpcio' },
  ...{ 'google.cloud.bigquery': 'google-cloud-bigquery', 'google.cloud.aiplatform': 'google-cloud-aiplatform' },
  ...{ vertexai: 'google-cloud-aiplatform', azure: 'azure-core', 'azure.storage.blob': 'azure-storage-blob' },
  ...{ 'azure.identity': 'azure-identity', 'ruamel.yaml': 'ruamel.yaml', win32api: 'pywin32', wx: 'wxpython' },
  ...{ igraph: 'python-igraph', Levenshtein: 'levenshtein', pkg_resources: 'setuptools<81', distutils: 'setuptools' },
  ...{ setuptools: 'setuptools', pip: 'pip', wheel: 'wheel', nltk: 'nltk', gi: 'pygobject', IPython: 'ipython' },
  ...{ pyannote: 'pyannote.audio', 'pyannote.audio': 'pyannote.audio', sounddevice: 'sounddevice', pydub: 'pydub' },
  ...{ rest_framework: 'djangorestframework', corsheaders: 'django-cors-headers', environ: 'django-environ' },
  ...{
    flask_cors: 'flask-cors',
    flask_sqlalchemy: 'flask-sqlalchemy',
    socketio: 'python-socketio',
    engineio: 'python-engineio',
  },
  ...{
    tensorflow_hub: 'tensorflow-hub',
    tensorflow_text: 'tensorflow-text',
    tf_keras: 'tf-keras',
    mpl_toolkits: 'matplotlib',
  },
  ...{
    langchain_openai: 'langchain-openai',
    langchain_community: 'langchain-community',
    langchain_core: 'langchain-core',
  },
  ...{ llama_index: 'llama-index', haystack: 'haystack-ai', qdrant_client: 'qdrant-client', pinecone: 'pinecone' },
  ...{
    pydantic_settings: 'pydantic-settings',
    email_validator: 'email-validator',
    cairosvg: 'cairosvg',
    ffmpeg: 'ffmpeg-python',
  },
};

export interface WantedPackage {
  name: string;
  /** Line for a requirements file. */
  requirement: string;
}

/** Finds the package that provides a module, by the longest known prefix of its dotted name. */
export function findPackage(module: string): WantedPackage {
  const parts = module.split('.');
  const names = parts.map((_, index) => parts.slice(0, parts.length - index).join('.'));
  const known = names.map((name) => (Object.hasOwn(packages, name) ? packages[name] : undefined));
  const requirement = known.find((name) => name !== undefined) ?? (parts[0] ?? '').replaceAll('_', '-');
  return { name: requirement.replace(/[<>=].*$/, ''), requirement };
}

/** Modules that the standard library no longer contains. */
export const removedModules: Record<string, { since: string; instead?: string }> = {
  ...Object.fromEntries(['asynchat', 'asyncore', 'imp', 'smtpd'].map((name) => [name, { since: '3.12' }])),
  ...Object.fromEntries(
    ['aifc', 'audioop', 'chunk', 'crypt', 'imghdr', 'mailcap', 'msilib', 'nis', 'nntplib', 'ossaudiodev'].map(
      (name) => [name, { since: '3.13' }],
    ),
  ),
  ...Object.fromEntries(['pipes', 'sndhdr', 'spwd', 'sunau', 'uu', 'xdrlib'].map((name) => [name, { since: '3.13' }])),
  distutils: { since: '3.12', instead: 'setuptools' },
  cgi: { since: '3.13', instead: 'legacy-cgi' },
  telnetlib: { since: '3.13', instead: 'telnetlib3' },
};
