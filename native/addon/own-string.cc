#include "own-string.h"

#include "session-options.h"

namespace {

/** Fewer bytes are copied faster than memory is made for more. */
constexpr std::size_t fewestLent = 1 << 16;

}  // namespace

void inception_string(TF_TString* string, const char* bytes, std::size_t length) {
  if (length < fewestLent || inception_has_sessions_elsewhere())
    TF_TString_Copy(string, bytes, length);
  else
    TF_TString_AssignView(string, bytes, length);
}
