// The strings that the addon makes of bytes.
#pragma once
#include <cstddef>

#include "tensorflow/core/platform/ctstring.h"

extern "C" {

/**
 * As TF_TString_Copy where the string is short, or where this thread has sessions on a server, whose threads may read it when
 * the run that it was fed to has ended. A long one is only lent: it is read until the run ends, for which JavaScript waits.
 */
void inception_string(TF_TString* string, const char* bytes, std::size_t length);
}
