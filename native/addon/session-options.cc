#include "session-options.h"

#include <string>

namespace {

struct Place {
  std::string target, config;
};
thread_local Place place;
thread_local bool elsewhere = false;

bool set(TF_SessionOptions* options) {
  TF_SetTarget(options, place.target.c_str());
  TF_Status* status = TF_NewStatus();
  TF_SetConfig(options, place.config.data(), place.config.size(), status);
  const bool done = TF_GetCode(status) == TF_OK;
  TF_DeleteStatus(status);
  return done;
}

}  // namespace

bool inception_open_sessions_on(const char* target, const void* config, std::int32_t length) {
  elsewhere = elsewhere || *target != '\0';
  place = {target, std::string(static_cast<const char*>(config), static_cast<std::size_t>(length))};
  TF_SessionOptions* tried = TF_NewSessionOptions();
  const bool done = set(tried);
  TF_DeleteSessionOptions(tried);
  return done;
}

bool inception_has_sessions_elsewhere() { return elsewhere; }

TF_SessionOptions* inception_session_options() {
  TF_SessionOptions* options = TF_NewSessionOptions();
  if (!place.target.empty()) set(options);
  return options;
}
