/** Names on the package index of conda packages with another name; from the recipes of conda-forge and the channels. */
const indexNames: Record<string, string> = {
  pytorch: 'torch',
  'pytorch-cpu': 'torch',
  'pytorch-gpu': 'torch',
  'tensorflow-base': 'tensorflow',
  'tensorflow-gpu': 'tensorflow',
  'tensorflow-cpu': 'tensorflow',
  'matplotlib-base': 'matplotlib',
  'numpy-base': 'numpy',
  'seaborn-base': 'seaborn',
  opencv: 'opencv-python-headless',
  'py-opencv': 'opencv-python-headless',
  pytables: 'tables',
  pyqt: 'PyQt5',
  faiss: 'faiss-cpu',
  'faiss-gpu': 'faiss-cpu',
  'py-xgboost': 'xgboost',
  'py-xgboost-cpu': 'xgboost',
  'py-xgboost-gpu': 'xgboost',
  'python-graphviz': 'graphviz',
  'msgpack-python': 'msgpack',
  ruamel_yaml: 'ruamel.yaml',
  pyg: 'torch-geometric',
  pytorch_geometric: 'torch-geometric',
  'pytorch-scatter': 'torch-scatter',
  'pytorch-sparse': 'torch-sparse',
  'pytorch-cluster': 'torch-cluster',
  'python-tzdata': 'tzdata',
  'python-annoy': 'annoy',
  'python-duckdb': 'duckdb',
  'python-kaleido': 'kaleido',
  dask: 'dask[complete]',
  'ray-default': 'ray[default]',
  'ray-serve': 'ray[serve]',
  psycopg2: 'psycopg2-binary',
  'uvicorn-standard': 'uvicorn[standard]',
  'fastapi-slim': 'fastapi',
};

/** Python packages whose names start like a system library. */
const pythonPackages =
  /^(librosa|libcst|libsass|libtmux|libpysal|libclang|liblinear-official|cuda-python|cudf|r2pipe)$/;

/** Programs, libraries and compilers that conda has and the package index lacks, or has as another package. */
const condaOnly =
  /^(_|lib|r-|cuda(-|toolkit|$)|cudnn|nccl|cutensor|pytorch-cuda|pytorch-mutex|nomkl|mkl|blas|openblas|lapack|intel-openmp|llvm|clang|gcc|gxx|gfortran|binutils|sysroot|ld_impl|kernel-headers|compilers$|c-compiler|cxx-compiler|fortran-compiler|make$|cmake$|ninja$|git$|git-lfs|ffmpeg$|sox$|graphviz$|nodejs|openjdk|openssl|ca-certificates|certifi-win|readline|sqlite$|tk$|xz$|zlib|zstd|lz4-c|bzip2|ncurses|expat$|icu$|jpeg$|libjpeg|giflib|freetype|fontconfig|fonts?-|openjpeg|lcms2|lerc|tbb$|hdf5$|netcdf4-c|gmp$|mpfr|mpc$|mpich|openmpi$|gettext|glib|gst-|gstreamer|qt(-main)?$|cairo|pango|pixman|harfbuzz|x264|x265|lame$|nettle|gnutls|openh264|aom$|dav1d|svt-av1|curl$|wget$|unzip$|vim$|tmux|htop|bash$|coreutils|pkg-config|perl|ruby|go$|rust$|swig$|boost(-cpp)?$|eigen$|protobuf-c|conda|mamba|anaconda|nb_conda|vs20|ucrt|vc$|xorg-|alsa-|pulseaudio|dbus$|python_abi|tzdata-java)/i;

export const isCondaOnly = (name: string): boolean => condaOnly.test(name) && !pythonPackages.test(name.toLowerCase());

export const getIndexName = (name: string): string => indexNames[name.toLowerCase()] ?? name;
