# SPDX-License-Identifier: Apache-2.0
# Sourced: puts the Node that tools/deps.sh brought, if it did, in front of the PATH.
SLIPWAY_NODE_DIR=${XDG_CACHE_HOME:-$HOME/.cache}/slipway/node
if [ -x "$SLIPWAY_NODE_DIR/node_modules/node/bin/node" ]; then
    PATH=$SLIPWAY_NODE_DIR/node_modules/node/bin:$PATH
    export PATH
fi
