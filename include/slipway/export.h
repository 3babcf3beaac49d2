// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What the shared library shows to others; all else in it is hidden.
#define SLIPWAY_API __attribute__((visibility("default")))

/// A function of the library that is rarely called: paths that lead to it are laid out of the way.
#define SLIPWAY_COLD __attribute__((cold, visibility("default")))
