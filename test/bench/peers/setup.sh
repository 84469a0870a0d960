#!/bin/sh
# Gets the peers (PyTorch, Keras, onnxruntime-node) into the cache, outside the project. Safe to run again.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/inception
python=$cache/bench-venv/bin/python
mkdir -p "$cache/bench-node"

[ -x "$python" ] || "${PYTHON:-python3}" -m venv "$cache/bench-venv"
"$python" -m pip install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"

# Its install script only fetches GPU libraries; the CPU library is in the package.
[ -d "$cache/bench-node/node_modules/onnxruntime-node" ] ||
  npm install --silent --ignore-scripts --prefix "$cache/bench-node" onnxruntime-node@1.30.0

[ -f "$cache/bench-node/inception-v3.onnx" ] ||
  "$python" "$here/export_onnx.py" "$cache/bench-node/inception-v3.onnx"
echo "The peers are ready in $cache/bench-venv and $cache/bench-node."
