// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What the shared library shows to others; all else in it is hidden.
#define SLIPWAY_API __attribute__((visibility("default")))
