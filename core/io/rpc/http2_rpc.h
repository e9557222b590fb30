/* http2_rpc: implements Rpc with libnghttp2. */
#pragma once

#include "rpc.h"

extern const Rpc http2_rpc;
