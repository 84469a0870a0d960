// Where the sessions run that the addon opens. Its own sources set no option: they are compiled with TF_NewSessionOptions
// renamed to inception_session_options.
#pragma once
#include <cstdint>

#include "tensorflow/c/c_api.h"

extern "C" {

/**
 * Sessions that this thread opens from now on run on this target, as in "grpc://host:port", with these bytes of a
 * ConfigProto; with an empty target as sessions do that are told nothing. False where TensorFlow refuses the bytes.
 */
bool inception_open_sessions_on(const char* target, const void* config, std::int32_t length);

TF_SessionOptions* inception_session_options();

/** Whether this thread ever chose such a target. */
bool inception_has_sessions_elsewhere();
}
